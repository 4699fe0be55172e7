import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { beijingDateOf } from "../domain/calendar.js";
import { channelOf } from "../domain/channels.js";
import { SANDBOX_SECRET, sandboxClients } from "../sandbox/sandbox-clients.js";
import { type BuiltPage, readBuiltPage } from "./built-page.js";
import { examplePeople } from "./example-people.js";
import { SavedOperations } from "./saved-operations.js";
import type { ExplorerClient, ExplorerSandbox, ExplorerSettings } from "./settings.js";

/** What the Explorer needs of the App. */
export interface ExplorerHost {
  readonly config: { readonly mode: "sandbox" | "production" };
  readonly services: { now(): Temporal.Instant };
  readonly sealing: Parameters<typeof sandboxClients>[0];
}

/** Monaco writes style elements and attributes; nothing else may be inline, and nothing may come from elsewhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const decompress = promisify(brotliDecompress);
const schemaFolder = new URL("../../schema/", import.meta.url);

/** GET /explorer: GraphiQL from this host alone. */
export function routeExplorer(http: FastifyInstance, host: ExplorerHost): void {
  let page: BuiltPage | null = null;
  const builtPage = async () => {
    page ??= await readBuiltPage();
    return page;
  };
  let operations: SavedOperations | undefined;
  const sandbox = host.config.mode === "sandbox" ? sandboxOf(host) : null;

  http.get("/explorer", async (_request, reply) => {
    const html = (await builtPage())?.html;
    return reply
      .status(html === undefined ? 404 : 200)
      .headers({
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
      })
      .send(html ?? "<!doctype html><title>Explorer</title><p>Not built: <code>npm run build</code>");
  });
  http.get("/explorer/", async (_request, reply) => reply.redirect("/explorer", 308));

  http.get<{ Params: { name: string } }>("/explorer/assets/:name", async (request, reply) => {
    const file = (await builtPage())?.assets.get(request.params.name);
    if (!file) return reply.callNotFound();
    reply.headers({
      "cache-control": "public, max-age=31536000, immutable",
      "content-type": file.contentType,
      etag: file.etag,
      vary: "accept-encoding",
    });
    if (request.headers["if-none-match"]?.includes(file.etag)) return reply.status(304).send();
    // Browsers ask for Brotli on HTTPS and on localhost only.
    const brotli = /\bbr\b/.test(request.headers["accept-encoding"] ?? "");
    return brotli
      ? reply.header("content-encoding", "br").send(file.brotli)
      : reply.send(await decompress(file.brotli));
  });

  http.get("/explorer/settings.json", async (): Promise<ExplorerSettings> => {
    operations ??= new SavedOperations(schemaFolder);
    const now = host.services.now();
    return {
      mode: host.config.mode,
      now: sandbox ? now.toString({ fractionalSecondDigits: 3 }) : null,
      operations: operations.list({ people: sandbox?.people ?? [], today: beijingDateOf(now) }),
      sandbox,
    };
  });
}

function sandboxOf({ sealing }: ExplorerHost): ExplorerSandbox {
  const clients = sandboxClients(sealing, new Date()).map(
    ({ id, name, channel, districtCode }): ExplorerClient => {
      const nameZh = name.replace(/^沙箱/, "");
      if (!channel) return { id, name: { "zh-CN": nameZh, en: roleOf(id) }, group: "staff" };
      const { nameEn } = channelOf(channel);
      const en = districtCode ? `${nameEn}, ${districtCode}` : nameEn;
      return { id, name: { "zh-CN": nameZh, en }, group: "channel" };
    },
  );
  return { clientSecret: SANDBOX_SECRET, clients, people: examplePeople() };
}

/** "Payroll" for sandbox-payroll. */
function roleOf(clientId: string): string {
  const role = clientId.replace(/^sandbox-/, "");
  return role.charAt(0).toUpperCase() + role.slice(1);
}
