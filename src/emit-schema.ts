import "./runtime-check.js";
import "reflect-metadata";
import { writeFileSync } from "node:fs";
import { lexicographicSortSchema, printSchema } from "graphql";
import { buildPlainSchema } from "./graphql/schema.js";

/** Writes schema/schema.graphql: sorted, so that a change shows as itself in a diff. */
const sdl = printSchema(lexicographicSortSchema(buildPlainSchema()));
writeFileSync(new URL("../schema/schema.graphql", import.meta.url), `${sdl}\n`);
