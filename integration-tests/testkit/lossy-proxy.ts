import { connect, createServer, type Socket } from "node:net";

/** Stands between a pool and its server, and loses COMMIT: on its way there, or the answer on its way back. */
export interface LossyProxy extends AsyncDisposable {
  readonly port: number;
  /** What happens to the COMMITs that come from now on. */
  onCommit: "pass" | "lose the request" | "lose the answer";
}

const COMMIT = "commit\0";

export async function startLossyProxy(serverPort: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    let losesNextAnswer = false;
    const drop = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", drop);
      socket.on("close", () => {
        sockets.delete(socket);
        drop();
      });
    }
    client.on("data", (chunk) => {
      const isCommit = chunk.includes(COMMIT);
      if (isCommit && proxy.onCommit === "lose the request") return drop();
      losesNextAnswer = isCommit && proxy.onCommit === "lose the answer";
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (losesNextAnswer) drop();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxy: LossyProxy = {
    port: address.port,
    onCommit: "pass",
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
