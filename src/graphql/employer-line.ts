import type { GraphQLSchema } from "graphql";
import type { EmployerItemInput } from "../operations/employer-items.js";
import { itemLineReader } from "./item-line.js";

/** Reads lines that each hold what an item of employerCertificationsSubmit holds. */
export function employerLineReader(schema: GraphQLSchema): (text: string) => EmployerItemInput {
  return itemLineReader(schema, "EmployerCertificationItemInput");
}
