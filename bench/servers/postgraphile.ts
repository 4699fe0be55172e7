/** PostGraphile 5 on the same tables: the person by primary key, with the benefits and the holds; nothing is computed. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgSmartTagsPlugin } from "postgraphile/utils";
import { settings } from "./settings.ts";

/** The tables declare no foreign keys; these are what the person's lists are found by. */
const lists = { benefit: "benefits", payment_hold: "holds" };
const owned = Object.entries(lists).map(([table, field]) => ({
  kind: "class",
  match: (entity: { readonly relname: string }) => entity.relname === table,
  tags: { foreignKey: `(bucket, pensioner_id) references pensioner (bucket, id)|@foreignFieldName ${field}` },
}));

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [makePgSmartTagsPlugin(owned as Parameters<typeof makePgSmartTagsPlugin>[0])],
  pgServices: [
    makePgService({
      connectionString: settings.databaseUrl,
      schemas: ["public"],
      poolConfig: { max: settings.poolSize },
    }),
  ],
  grafserv: { graphiql: false, watch: false },
  grafast: { explain: false },
});
const serv = pgl.createServ(grafserv);
const server = createServer();
await serv.addTo(server);
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
