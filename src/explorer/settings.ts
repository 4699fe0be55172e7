/** What GET /explorer/settings.json tells the page. Texts for people are in both languages. */
export interface ExplorerSettings {
  readonly mode: "sandbox" | "production";
  /** The sandbox's clock; null in production, where a token is needed to learn the time. */
  readonly now: string | null;
  readonly operations: readonly SavedOperation[];
  /** Whom the page can sign in, and with which secret; null in production. */
  readonly sandbox: ExplorerSandbox | null;
}

export interface ExplorerSandbox {
  readonly clientSecret: string;
  readonly clients: readonly ExplorerClient[];
  readonly people: readonly ExplorerPerson[];
}

export interface BothLanguages {
  readonly "zh-CN": string;
  readonly en: string;
}

export interface ExplorerClient {
  readonly id: string;
  readonly name: BothLanguages;
  /** Channels that certify today, staff, and channels that answer CHANNEL_NOT_ALLOWED. */
  readonly group: "channel" | "staff";
}

export interface ExplorerPerson {
  readonly name: string;
  readonly document: { readonly type: string; readonly number: string };
  readonly phone: string | null;
  /** Which state the person is in. */
  readonly shows: BothLanguages;
}

/** A document of schema/operations, ready to run. */
export interface SavedOperation {
  readonly name: string;
  readonly group: BothLanguages;
  readonly title: BothLanguages;
  readonly kind: "query" | "mutation" | "subscription";
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}
