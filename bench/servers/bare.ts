/** The limit: node:http and pg, one prepared select a request (SELECTS of them, one after the other), a small JSON. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { settings, statusQuery } from "./settings.ts";

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });

async function answer(indexes: readonly string[]): Promise<string> {
  let { rows } = await pool.query(statusQuery(indexes));
  for (let more = 1; more < settings.selects; more += 1) {
    ({ rows } = await pool.query(statusQuery(indexes)));
  }
  return JSON.stringify(
    rows.map((row) => ({ anchorMonth: row.anchor_month, validThrough: row.valid_through, holds: row.holds })),
  );
}

const server = createServer((request, response) => {
  // GET /INDEX, or a comma-separated list in the body of a POST.
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    const indexes = request.method === "POST" ? body.split(",") : [request.url?.slice(1) ?? ""];
    answer(indexes).then(
      (json) => {
        response.setHeader("content-type", "application/json");
        response.end(json);
      },
      (error: unknown) => {
        process.stderr.write(`${error}\n`);
        response.statusCode = 500;
        response.end();
      },
    );
  });
});

server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
