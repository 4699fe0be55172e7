import type { TypedDocumentString } from "./gql/graphql.js";

export interface GraphQLAnswer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly GraphQLFault[];
  readonly raw: string;
}

export interface GraphQLFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly requestId: string;
    readonly retryable: boolean;
    readonly [more: string]: unknown;
  };
}

/** A channel's client as an integrator would write it: typed documents over HTTP. */
export class GraphQLClient {
  constructor(
    readonly address: string,
    readonly token: string,
    readonly language: string = "zh-CN",
  ) {}

  in(language: "zh-CN" | "en"): GraphQLClient {
    return new GraphQLClient(this.address, this.token, language);
  }

  /** The data, or a failure that shows what was asked and what came back. */
  async request<R, V>(document: TypedDocumentString<R, V>, variables: V): Promise<R> {
    const answer = await this.send<R>({ query: document.toString(), variables });
    if (answer.errors.length > 0 || !answer.data) {
      throw new Error(
        `unexpected errors\n${document.toString()}\n${JSON.stringify(variables)}\n${answer.status} ${answer.raw}`,
      );
    }
    return answer.data;
  }

  /** The errors of a request that must not succeed. */
  async refused<R, V>(document: TypedDocumentString<R, V>, variables: unknown): Promise<GraphQLAnswer<R>> {
    const answer = await this.send<R>({ query: document.toString(), variables });
    if (answer.errors.length === 0) throw new Error(`expected errors, got ${answer.raw}`);
    return answer;
  }

  async send<R>(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<GraphQLAnswer<R>> {
    const response = await fetch(`${this.address}/graphql`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.token}`,
        "content-type": "application/json",
        "accept-language": this.language,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const raw = await response.text();
    const parsed = JSON.parse(raw) as { data?: R | null; errors?: GraphQLFault[] };
    return { status: response.status, data: parsed.data ?? null, errors: parsed.errors ?? [], raw };
  }
}
