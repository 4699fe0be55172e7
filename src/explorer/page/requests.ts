import { type ExecutionResult, GraphQLError } from "graphql";
import { Observable } from "./observable.js";
import { rememberAnswer } from "./remembered.js";
import { currentToken, forget, session } from "./session.js";
import { loadSettings } from "./settings-store.js";
import { language, textsIn } from "./texts.js";

export interface GraphQLRequest {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | null | undefined;
}

export interface Viewer {
  readonly name: string;
  readonly kind: string;
  readonly now: string;
}

/** Who is signed in; null while nobody is. */
export const viewer = new Observable<Viewer | null>(null);

/** How far the service's clock is from this machine's; null until it has been heard. */
export const clockOffsetMs = new Observable<number | null>(null);

/** What went wrong with signing in, to be said in the bar. */
export const fault = new Observable<"ended" | "unreachable" | null>(null);

export function setClock(now: string): void {
  clockOffsetMs.set(Date.parse(now) - Date.now());
}

/** Sends a request as whoever is signed in, and renews a sandbox token that has ended. */
export async function send(request: GraphQLRequest): Promise<ExecutionResult> {
  const texts = textsIn(language.value);
  let token = await currentToken();
  if (!token) return told(texts.notSignedIn);
  let response = await post(token, request);
  if (response?.status === 401) {
    token = await currentToken(true);
    response = token ? await post(token, request) : response;
  }
  if (!response) {
    fault.set("unreachable");
    return told(texts.unreachable);
  }
  if (response.status === 401) {
    fault.set("ended");
    viewer.set(null);
    forget();
  } else fault.set(null);
  const answer = await answerOf(response);
  const movedTo = rememberAnswer(answer.data);
  if (movedTo) {
    setClock(movedTo);
    await loadSettings().catch(() => undefined);
  }
  return answer;
}

function told(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message)] };
}

async function answerOf(response: Response): Promise<ExecutionResult> {
  return (await response.json().catch(() => told(`HTTP ${response.status}`))) as ExecutionResult;
}

function post(token: string, request: GraphQLRequest): Promise<Response | null> {
  return fetch("/graphql", {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "accept-language": language.value,
    },
    body: JSON.stringify(request),
  }).catch(() => null);
}

const viewerRequest = { query: "query Viewer { viewer { name kind now } }", operationName: "Viewer" };

/** Learns who is signed in and what time it is there. */
export async function meetViewer(): Promise<void> {
  const answer = await send(viewerRequest);
  const met = (answer.data?.viewer ?? null) as Viewer | null;
  if (met) setClock(met.now);
  viewer.set(session.value && met);
}

/** Whether the service accepts a token, before it is kept. */
export async function isGoodToken(token: string): Promise<boolean> {
  const response = await post(token, viewerRequest);
  return response?.ok === true && Boolean((await answerOf(response)).data?.viewer);
}
