import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import { visibleClient } from "../auth/access.js";
import { alreadyValidNotice, notInScopeNotice, statusNotice } from "../domain/notices.js";
import { holdsSuspension } from "../domain/payment.js";
import { Refused } from "../domain/refusals.js";
import { parseSubject } from "../domain/subject.js";
import { needsConfirmation, stateOn, validityAfterPass } from "../domain/validity.js";
import { listCertifications } from "../storage/certifications.js";
import { findInScope, type PensionerRecord } from "../storage/pensioners.js";
import { Certification, CertificationConnection } from "./certification.types.js";
import {
  type Connection,
  checkPageSize,
  decodeCursor,
  encodeCursor,
  keysetParts,
  MAX_PAGE,
  toConnection,
} from "./connections.js";
import type { RequestContext } from "./context.js";
import {
  CertificationPreview,
  CertificationStatusType,
  Pensioner,
  PensionerLookup,
  SubjectInput,
  toNoticeType,
} from "./pensioner.types.js";

const MAX_SUBJECTS = 100;

@Resolver(() => Pensioner)
export class PensionerResolver {
  @Query(() => PensionerLookup, {
    description: "Status of one person, named by name and document (资格认证状态查询). Scope status:read.",
  })
  async pensionerStatus(
    @Arg("subject", () => SubjectInput, { description: "The person." }) subject: SubjectInput,
    @Ctx() context: RequestContext,
  ): Promise<PensionerLookup> {
    const [record = null] = await readSubjects(context, "pensionerStatus", [subject], () => ["subject"]);
    return toLookup(record, context);
  }

  @Query(() => [PensionerLookup], {
    description: "Status of up to 100 persons, in the order asked (批量查询). Scope status:read.",
  })
  async pensionerStatuses(
    @Arg("subjects", () => [SubjectInput], { description: "1 to 100 persons." }) subjects: SubjectInput[],
    @Ctx() context: RequestContext,
  ): Promise<PensionerLookup[]> {
    if (subjects.length > MAX_SUBJECTS) throw new Refused("TOO_MANY_SUBJECTS", ["subjects"]);
    const records = await readSubjects(context, "pensionerStatuses", subjects, (index) => [
      "subjects",
      String(index),
    ]);
    return records.map((record) => toLookup(record, context));
  }

  @Query(() => CertificationPreview, {
    description: "What a certification now would give; writes nothing (认证预览). Scope status:read.",
  })
  async certificationPreview(
    @Arg("subject", () => SubjectInput, { description: "The person." }) subject: SubjectInput,
    @Ctx() context: RequestContext,
  ): Promise<CertificationPreview> {
    const [record] = await readSubjects(context, "certificationPreview", [subject], () => ["subject"]);
    if (!record) {
      const notice = toNoticeType(notInScopeNotice, context);
      return { inScope: false, wouldBeValidThrough: null, needsConfirmation: false, notice };
    }
    const { now, today, policy } = context.time;
    const confirm = needsConfirmation(record.validity, today);
    const notice = confirm
      ? alreadyValidNotice(record.validity)
      : statusNoticeOf(new Pensioner(record, context));
    return {
      inScope: true,
      wouldBeValidThrough: validityAfterPass(record.validity, now, policy).validThrough.toString(),
      needsConfirmation: confirm,
      notice: notice && toNoticeType(notice, context),
    };
  }

  @FieldResolver(() => CertificationConnection, {
    description: "The person's certifications, latest first; a channel sees its own (认证记录).",
  })
  async certifications(
    @Root() pensioner: Pensioner,
    @Arg("first", () => Int, { defaultValue: 20, description: "1 to 100." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "A cursor of this list." }) after:
      | string
      | null
      | undefined,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Certification>> {
    const limit = checkPageSize(first, MAX_PAGE);
    const filter = `certifications|${pensioner.record.pensionerId}`;
    const position = decodeCursor(after, filter, [keysetParts.id]);
    const rows = await listCertifications(context.services.database.db, pensioner.record, {
      limit: limit + 1,
      beforeId: position?.[0] ?? null,
      visibleTo: visibleClient(context.actor),
    });
    return toConnection(
      rows,
      limit,
      (row) => new Certification(row, context),
      (row) => encodeCursor([row.id], filter),
    );
  }
}

@Resolver(() => CertificationStatusType)
export class CertificationStatusResolver {
  @FieldResolver(() => Certification, {
    nullable: true,
    description: "A submission under review; to a channel only its own is shown (待审核).",
  })
  async pending(
    @Root() status: CertificationStatusType,
    @Ctx() context: RequestContext,
  ): Promise<Certification | null> {
    const { bucket, pensionerId, pending } = status.record;
    const visible = visibleClient(context.actor);
    const shown = pending.find(({ clientId }) => visible === null || visible === clientId);
    if (!shown) return null;
    const record = await context.certifications.load({ bucket, pensionerId, id: shown.id });
    return record && new Certification(record, context);
  }
}

/** The one way in which channels read people: parse, find under name and document, write the access log. */
async function readSubjects(
  context: RequestContext,
  operation: string,
  subjects: readonly SubjectInput[],
  pathOf: (index: number) => string[],
): Promise<(PensionerRecord | null)[]> {
  const { services, time } = context;
  const parsed = subjects.map((subject, index) => parseSubject(subject, time.today, pathOf(index)));
  const records = await context.lookUp(subjects.length, () =>
    findInScope(services.database.db, services.sealing, parsed),
  );
  await context.recordReads(
    operation,
    records.filter((record) => record !== null),
  );
  return records;
}

function statusNoticeOf({ record, payment, context }: Pensioner) {
  const { today, policy } = context.time;
  const { validThrough } = record.validity;
  const state = stateOn(record.validity, today, policy);
  const underReview =
    record.pending.length > 0 ? { inTime: holdsSuspension(record.submittedOn, validThrough) } : null;
  return statusNotice({ state, validThrough }, payment, underReview);
}

function toLookup(record: PensionerRecord | null, context: RequestContext): PensionerLookup {
  if (!record) return { inScope: false, pensioner: null, notice: toNoticeType(notInScopeNotice, context) };
  const pensioner = new Pensioner(record, context);
  const notice = statusNoticeOf(pensioner);
  return { inScope: true, pensioner, notice: notice && toNoticeType(notice, context) };
}
