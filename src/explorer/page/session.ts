import { Observable } from "./observable.js";
import { settings } from "./settings-store.js";
import { emptyTabStorage } from "./tab-storage.js";

/** An access token and how it was come by. Kept for this tab only, never in a URL. */
interface Session {
  readonly token: string;
  /** The sandbox client that can get a new token; null when the token was pasted. */
  readonly clientId: string | null;
  readonly endsAtMs: number | null;
}

export type SignInFault = "refused" | "unreachable";

const KEY = "changqing-explorer:session";
const RENEW_BEFORE_MS = 60_000;

function restored(): Session | null {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as Session);
}

export const session = new Observable<Session | null>(restored());

function keep(next: Session | null): void {
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
  session.set(next);
}

/** Gets a token for a sandbox client. */
export async function signInAs(clientId: string): Promise<SignInFault | null> {
  const secret = settings.value.sandbox?.clientSecret;
  if (secret === undefined) return "refused";
  const response = await fetch("/oauth/token", {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  }).catch(() => null);
  if (!response) return "unreachable";
  if (!response.ok) return response.status >= 500 ? "unreachable" : "refused";
  const { access_token, expires_in } = (await response.json()) as {
    access_token: string;
    expires_in: number;
  };
  keep({ token: access_token, clientId, endsAtMs: Date.now() + expires_in * 1_000 });
  return null;
}

export function signInWith(token: string): void {
  keep({ token, clientId: null, endsAtMs: null });
}

/** Leaves nothing of this session behind: neither the token nor what was typed. */
export function signOut(): void {
  emptyTabStorage();
  location.reload();
}

export function forget(): void {
  keep(null);
}

/** The token to send now; `refused` says that the present one was not accepted. */
export async function currentToken(refused = false): Promise<string | null> {
  const now = session.value;
  if (!now) return null;
  const ending = now.endsAtMs !== null && now.endsAtMs - Date.now() < RENEW_BEFORE_MS;
  if (!refused && !ending) return now.token;
  if (now.clientId && (await signInAs(now.clientId)) === null) return session.value?.token ?? null;
  return refused ? null : now.token;
}
