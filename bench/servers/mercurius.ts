/** Mercurius with its JIT on Fastify: the same shape of answer from the same select; no tokens, no permissions, no log. */
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";
import { settings, statusQuery } from "./settings.ts";

/** In place of the document's number comes its blind index in hexadecimal: nothing is sealed here. */
const schema = `
  enum DocumentType { RESIDENT_ID PASSPORT }
  enum CertificationState { VALID DUE_SOON OVERDUE }
  enum PaymentState { PAYING SUSPENDED }
  input DocumentInput { type: DocumentType! number: String! }
  input SubjectInput { name: String! document: DocumentInput! }
  type Notice { code: String! message: String! }
  type CertificationStatus {
    state: CertificationState! validThrough: String! reminderMonths: [String!]! firstUnpaidMonth: String!
  }
  type PaymentStatus { state: PaymentState! }
  type Pensioner { certificationStatus: CertificationStatus! paymentStatus: PaymentStatus! }
  type PensionerLookup { inScope: Boolean! notice: Notice pensioner: Pensioner }
  type Query { pensionerStatus(subject: SubjectInput!): PensionerLookup! }
`;

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const nobody = { inScope: false, notice: { code: "NOT_IN_SCOPE", message: "nobody" }, pensioner: null };

interface Asked {
  readonly subject: { readonly document: { readonly number: string } };
}

async function pensionerStatus(_root: unknown, { subject }: Asked) {
  const { rows } = await pool.query(statusQuery([subject.document.number]));
  const [row] = rows;
  if (!row) return nobody;
  const validThrough = String(row.valid_through);
  const overdue = validThrough < settings.today;
  return {
    inScope: true,
    notice: overdue ? { code: "SUSPENDED", message: "Certify to be paid again." } : null,
    pensioner: {
      certificationStatus: {
        state: overdue ? "OVERDUE" : "VALID",
        validThrough,
        reminderMonths: [monthAfter(validThrough, -1), monthAfter(validThrough, 0)],
        firstUnpaidMonth: monthAfter(validThrough, 1),
      },
      paymentStatus: { state: overdue || row.holds ? "SUSPENDED" : "PAYING" },
    },
  };
}

function monthAfter(date: string, months: number): string {
  const count = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  return `${Math.trunc(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
}

// A day as text, as drizzle reads it for us: no Date is made of it.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const app = Fastify();
await app.register(mercurius, { schema, resolvers: { Query: { pensionerStatus } }, jit: 1 });
const address = await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`ready ${address}\n`);
