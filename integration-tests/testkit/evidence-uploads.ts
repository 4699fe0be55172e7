import { sha256Of } from "./employer.js";
import type { GraphQLClient } from "./graphql-client.js";

/** Files that begin like what they are. */
export function buildFile(kind: "jpeg" | "png" | "pdf", content = "content"): Buffer {
  const heads = {
    jpeg: Buffer.of(0xff, 0xd8, 0xff, 0xe0),
    png: Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pdf: Buffer.from("%PDF-1.7\n"),
  };
  return Buffer.concat([heads[kind], Buffer.from(content)]);
}

const mediaTypes = { jpeg: "image/jpeg", png: "image/png", pdf: "application/pdf" };

export interface Upload {
  readonly sha256?: string;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function upload(
  client: Pick<GraphQLClient, "address" | "token">,
  file: Buffer,
  kind: keyof typeof mediaTypes,
  { sha256 = sha256Of(file), mediaType = mediaTypes[kind], headers = {} }: Upload = {},
) {
  const response = await fetch(`${client.address}/evidence/${sha256}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${client.token}`, "content-type": mediaType, ...headers },
    body: new Uint8Array(file),
  });
  return { status: response.status, raw: await response.text() };
}
