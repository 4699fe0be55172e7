import type { StaffActor } from "../domain/actor.js";
import type { BenefitType } from "../domain/benefits.js";
import { isBeforeMonth, monthsFrom } from "../domain/calendar.js";
import { plainText } from "../domain/evidence.js";
import { Refused } from "../domain/refusals.js";
import { appendSystemAudit } from "../storage/audit.js";
import type { Tx } from "../storage/database.js";
import { newId } from "../storage/ids.js";
import { endMoratorium, insertMoratorium, readMoratorium } from "../storage/moratoria.js";
import { type OperationContext, once, toDate, todayOf } from "./operation.js";

const MAX_MONTHS = 60;

export interface CreateMoratoriumInput {
  readonly idempotencyKey: string;
  readonly districtCode?: string | null;
  readonly benefitType?: BenefitType | null;
  readonly fromMonth: Temporal.PlainYearMonth;
  readonly throughMonth: Temporal.PlainYearMonth;
  readonly reason: string;
}

/** P3: postpones the suspensions of a district or benefit for some months; what has been suspended stays so. */
export async function createMoratorium(
  context: OperationContext<StaffActor>,
  input: CreateMoratoriumInput,
): Promise<{ readonly id: string }> {
  const { fromMonth, throughMonth } = input;
  const { today } = todayOf(context.now);
  const months = monthsFrom(fromMonth, throughMonth) + 1;
  if (months < 1 || months > MAX_MONTHS || isBeforeMonth(throughMonth, today))
    throw new Refused("MORATORIUM_MONTHS", ["input", "throughMonth"]);
  const reason = plainText(input.reason, ["input", "reason"]);
  const districtCode = districtOf(input.districtCode);
  const benefitType = input.benefitType ?? null;
  return once(context, "moratoriumCreate", input, async (tx) => {
    const id = newId();
    await insertMoratorium(tx, {
      id,
      districtCode,
      benefitType,
      fromMonth: fromMonth.toString(),
      throughMonth: throughMonth.toString(),
      reason,
      createdBy: context.actor.clientId,
      createdAt: toDate(context.now),
    });
    const where = `district=${districtCode ?? "ALL"} benefit=${benefitType ?? "ALL"}`;
    await note(tx, context, "moratoriumCreate", id, `CREATED ${where} ${fromMonth}..${throughMonth}`);
    return { id };
  });
}

/** P3: ends it; from the next batch that is applied nobody is spared by it any more. */
export async function endMoratoriumNow(
  context: OperationContext<StaffActor>,
  input: { readonly idempotencyKey: string; readonly moratoriumId: string },
): Promise<{ readonly id: string }> {
  const path = ["input", "moratoriumId"];
  return once(context, "moratoriumEnd", input, async (tx) => {
    const id = parseMoratoriumId(input.moratoriumId);
    if (id === null || !(await readMoratorium(tx, id))) throw new Refused("MORATORIUM_NOT_FOUND", path);
    if (!(await endMoratorium(tx, id, toDate(context.now)))) throw new Refused("MORATORIUM_ENDED", path);
    await note(tx, context, "moratoriumEnd", id, "ENDED");
    return { id };
  });
}

/** As the register writes districts; anything else would spare nobody without anyone noticing. */
function districtOf(code: string | null | undefined): string | null {
  if (code === null || code === undefined) return null;
  if (!/^\d{6}$/.test(code)) throw new Refused("DISTRICT_CODE_INVALID", ["input", "districtCode"]);
  return code;
}

/** Belongs to nobody, so its id carries no bucket. */
export function moratoriumOpaqueId(id: string): string {
  return `mora_${id.replaceAll("-", "")}`;
}

function parseMoratoriumId(text: string): string | null {
  const match = /^mora_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(text);
  return match ? match.slice(1).join("-") : null;
}

async function note(
  tx: Tx,
  context: OperationContext,
  operation: string,
  id: string,
  outcome: string,
): Promise<void> {
  await appendSystemAudit(tx, {
    clientId: context.actor.clientId,
    operation,
    requestId: context.requestId,
    at: context.now.toString(),
    subjectId: moratoriumOpaqueId(id),
    outcome,
  });
}
