import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** The requests of one connection: one is being answered, the others wait in the order in which they came. */
interface Line {
  answering: boolean;
  readonly waiting: (() => void)[];
}

/**
 * A connection's requests are worked out one at a time, each when the answer before it has been taken: answers leave in that
 * order anyway, and those that nobody reads would heap up. What waits when the connection ends is not begun.
 */
export function answerInTurn(http: FastifyInstance): void {
  const lines = new WeakMap<Socket, Line>();
  http.addHook("onRequest", async (request, reply) => {
    const { socket } = request.raw;
    const line = lines.get(socket) ?? beginLine(lines, socket);
    if (line.answering) await new Promise<void>((resolve) => line.waiting.push(resolve));
    if (socket.destroyed) return reply.hijack();
    line.answering = true;
    reply.raw.once("close", () => {
      const next = line.waiting.shift();
      if (next) next();
      else line.answering = false;
    });
  });
}

function beginLine(lines: WeakMap<Socket, Line>, socket: Socket): Line {
  const line: Line = { answering: false, waiting: [] };
  lines.set(socket, line);
  socket.once("close", () => {
    for (const goOn of line.waiting.splice(0)) goOn();
  });
  return line;
}
