/** The part of autocannon that is used here, so that the root's type check needs nothing of bench installed. */
declare module "autocannon" {
  export interface Request {
    readonly method: "GET" | "POST";
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  export interface Client {
    setRequests(requests: readonly Request[]): void;
  }
  export interface Options {
    readonly url: string;
    readonly connections: number;
    /** Seconds; or else: */
    readonly duration?: number;
    /** Requests in all. */
    readonly amount?: number;
    readonly setupClient: (client: Client) => void;
    readonly verifyBody: (body: string) => boolean;
  }
  export interface Result {
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly requests: { readonly total: number };
    readonly errors: number;
    readonly timeouts: number;
    readonly mismatches: number;
    readonly non2xx: number;
  }
  export interface Run extends PromiseLike<Result> {
    on(event: "response", listener: () => void): void;
  }
  export default function autocannon(options: Options): Run;
}
