import "./runtime-check.js";
import "reflect-metadata";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { lexicographicSortSchema, printSchema } from "graphql";
import { bodySchemaFiles } from "./domain/cloud-events.js";
import { buildPlainSchema } from "./graphql/schema.js";

/** Writes schema/schema.graphql: sorted, so that a change shows as itself in a diff. */
const sdl = printSchema(lexicographicSortSchema(buildPlainSchema()));
writeFileSync(new URL("../schema/schema.graphql", import.meta.url), `${sdl}\n`);

/** Writes schema/webhooks/: what receivers of events may rely on, a file for each type. */
const folder = new URL("../schema/webhooks/", import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [file, schema] of bodySchemaFiles())
  writeFileSync(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`);
