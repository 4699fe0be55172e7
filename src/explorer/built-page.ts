import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";

/** A file of the page, compressed as it is on the disk. */
export interface BuiltFile {
  readonly brotli: Buffer;
  readonly etag: string;
  readonly contentType: string;
}

export interface BuiltPage {
  readonly html: string;
  /** By name; each name holds a hash of the content. */
  readonly assets: ReadonlyMap<string, BuiltFile>;
}

/** Where `npm run build` puts it, seen from src/explorer and from dist/explorer alike. */
const folder = new URL("../../dist/explorer/page/", import.meta.url);

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
};

/** The page as it was built, about two megabytes; null when it was not. */
export async function readBuiltPage(): Promise<BuiltPage | null> {
  const html = await readFile(new URL("index.html", folder), "utf8").catch(() => null);
  if (html === null) return null;
  const assets = new URL("assets/", folder);
  const files = (await readdir(assets)).filter((file) => file.endsWith(".br"));
  return {
    html,
    assets: new Map(
      await Promise.all(
        files.map(async (file): Promise<[string, BuiltFile]> => {
          const name = file.slice(0, -".br".length);
          const brotli = await readFile(new URL(file, assets));
          const etag = `"${createHash("sha256").update(brotli).digest("base64url").slice(0, 22)}"`;
          return [
            name,
            { brotli, etag, contentType: contentTypes[extname(name)] ?? "application/octet-stream" },
          ];
        }),
      ),
    ),
  };
}
