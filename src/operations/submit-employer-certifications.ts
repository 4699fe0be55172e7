import type { ChannelActor } from "../domain/actor.js";
import { type Channel, channelOf } from "../domain/channels.js";
import { refuseForeignEmployer } from "../domain/employer.js";
import { Refused } from "../domain/refusals.js";
import { type EmployerItemInput, type ItemOutcome, readItem, submitItems } from "./employer-items.js";
import { type OperationContext, once, todayOf } from "./operation.js";

export interface SubmitEmployerCertificationsInput {
  readonly idempotencyKey: string;
  readonly employerCode: string;
  readonly items: readonly EmployerItemInput[];
}

/**
 * E4, E6: an employer hands in its pensioners' documents; each good item waits for staff to decide. One outcome an item, in
 * their order; the whole call counts once, however often it is sent.
 */
export async function submitEmployerCertifications(
  context: OperationContext<ChannelActor>,
  input: SubmitEmployerCertificationsInput,
  filesRequired: boolean,
): Promise<ItemOutcome[]> {
  const channel = employerChannelOf(context.actor);
  refuseForeignEmployer(context.actor, input.employerCode, ["input", "employerCode"]);
  if (input.items.length < 1 || input.items.length > channel.personsAtOnce) {
    const max = String(channel.personsAtOnce);
    throw new Refused("ITEM_COUNT", ["input", "items"], { max: { "zh-CN": max, en: max } });
  }
  const operation = "employerCertificationsSubmit";
  const { employerCode } = input;
  const submission = { context, time: todayOf(context.now), channel, employerCode, operation, filesRequired };
  const items = input.items.map((item) => readItem(submission, item));
  return once(context, operation, input, (tx) => submitItems(submission, tx, items));
}

/** The channel by which documents are handed in; refuses every other one. */
export function employerChannelOf(actor: ChannelActor): Channel {
  const channel = channelOf(actor.channel);
  if (!channel.methods.includes("EMPLOYER_DOCUMENTS")) throw new Refused("CHANNEL_NOT_ALLOWED");
  return channel;
}
