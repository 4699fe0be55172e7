import { getTableColumns, getTableName, is } from "drizzle-orm";
import { type PgColumn, PgTable } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { auditReason, evidenceFiles, ownedTables, spentIndexes, unownedTables } from "./sealed-columns.js";
import { places } from "./sealing.js";
import * as tables from "./tables.js";

const all = Object.values(tables)
  .filter((table) => is(table, PgTable))
  .flatMap((table) => Object.values<PgColumn>(getTableColumns(table)));

const nameOf = (column: PgColumn) => `${getTableName(column.table)}.${column.name}`;
const ending = (end: string) =>
  all
    .filter(({ name }) => name.endsWith(end))
    .map(nameOf)
    .toSorted();

test("every sealed column is sealed again when keys are rotated", () => {
  const listed = [...ownedTables, ...unownedTables].flatMap(({ sealed }) =>
    sealed.map(({ column }) => nameOf(column)),
  );
  expect(listed.toSorted()).toEqual(ending("_sealed"));
});

test("every index column is made anew when keys are rotated, or says what ends the need for it", () => {
  const listed = [
    ...ownedTables.flatMap(({ indexed }) => indexed.map(({ column }) => nameOf(column))),
    ...spentIndexes.map(({ column }) => nameOf(column)),
  ];
  expect(listed.toSorted()).toEqual([...ending("_index"), "used_client_assertion.assertion"].toSorted());
});

test("every place that values are bound to belongs to a column, to the files or to the audit chains", () => {
  const used = [...ownedTables, ...unownedTables].flatMap(({ table, sealed }) => {
    const row = Object.fromEntries(Object.keys(getTableColumns(table)).map((field) => [field, "?"]));
    return sealed.map(({ place }) => place(row));
  });
  const elsewhere = [...auditReason.places, evidenceFiles.place].map((place) => place("?"));
  const all = Object.values<(id: string, position: never) => string>(places).map((place) =>
    place("?", "?" as never),
  );
  expect([...used, ...elsewhere].toSorted()).toEqual(all.toSorted());
});

test("every other column of bytes is a hash, or bytes of the service's own", () => {
  const rest = all.filter(
    (column) => column.getSQLType() === "bytea" && !/_(sealed|index)$/.test(column.name),
  );
  // One that holds something made under a key belongs on the lists.
  expect(rest.map(nameOf).toSorted()).toEqual([
    "audit_chain.hash",
    "audit_entry.hash",
    "evidence.digest",
    "evidence_file.sha256",
    "used_client_assertion.assertion",
    "used_face_assertion.assertion",
  ]);
});
