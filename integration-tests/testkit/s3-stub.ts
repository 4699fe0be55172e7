import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What an S3 endpoint does with objects, and no more: put, head, get, and an answer for what is not there. */
export interface S3Stub extends AsyncDisposable {
  readonly endpoint: string;
  /** By path: /bucket/key. */
  readonly objects: Map<string, Buffer>;
  /** Authorization headers, in order. */
  readonly signatures: string[];
  /** Answers 503 to everything while true. */
  down: boolean;
}

export async function startS3Stub(): Promise<S3Stub> {
  const objects = new Map<string, Buffer>();
  const signatures: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    signatures.push(request.headers.authorization ?? "");
    const path = new URL(request.url ?? "/", "http://stub").pathname;
    if (stub.down) return response.writeHead(503).end();
    if (request.method === "PUT") {
      objects.set(path, body);
      return response.writeHead(200, { etag: '"x"' }).end();
    }
    const object = objects.get(path);
    if (!object) {
      const text = request.method === "GET" ? "<Error><Code>NoSuchKey</Code></Error>" : undefined;
      return response.writeHead(404, { "content-type": "application/xml" }).end(text);
    }
    response.writeHead(200, { "content-length": object.length });
    return response.end(request.method === "GET" ? object : undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stub: S3Stub = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    signatures,
    down: false,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return stub;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
