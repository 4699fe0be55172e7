import { connect, type Socket } from "node:net";
import { expect } from "vitest";
import { expectGuarded } from "./guarded-answer.js";

/** What came back on a connection, as it came. */
export interface RawAnswer {
  readonly text: string;
  /** Of each answer in turn. */
  readonly statuses: readonly number[];
  /** The server ended the connection. */
  readonly closed: boolean;
}

const PATIENCE_MS = 15_000;

export function openSocket(address: string): Socket {
  const { hostname, port } = new URL(address);
  return connect(Number(port), hostname);
}

/** Sends the bytes on a connection of their own and listens until the server ends it, or patience does. */
export async function sendRaw(address: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = openSocket(address);
  socket.write(bytes);
  return listenTo(socket);
}

export function listenTo(socket: Socket, patienceMs = PATIENCE_MS): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ text, statuses, closed });
    };
    const timer = setTimeout(() => finish(false), patienceMs);
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    // A reset is an end too.
    socket.on("error", () => undefined);
    socket.on("close", () => finish(true));
  });
}

/** One coded answer that tells nothing, and the end of the connection: whatever followed was no request of its own. */
export function expectRefusedAndClosed({ text, statuses, closed }: RawAnswer, status: number): void {
  expect({ statuses, closed }, text).toEqual({ statuses: [status], closed: true });
  const [head = "", body = ""] = text.split("\r\n\r\n");
  expect(head).toMatch(/^x-request-id: [\w-]{36}$/im);
  expect(head).toMatch(/^x-content-type-options: nosniff$/im);
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  expectGuarded(body, "zh-CN");
}
