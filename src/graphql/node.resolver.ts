import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { maySeePensionerById, maySeeSession } from "../auth/access.js";
import { parseOpaqueId } from "../storage/ids.js";
import { readSession } from "../storage/sessions.js";
import { readVisibleCertification } from "./certification.resolver.js";
import { CertificationSession } from "./certification.types.js";
import { readVisibleContactTask } from "./contact.resolver.js";
import type { RequestContext } from "./context.js";
import { readVisibleHomeVisit } from "./home-visit.resolver.js";
import { readVisibleLifeEvent } from "./life-event.resolver.js";
import { readVisibleMessage } from "./message.resolver.js";
import { Node } from "./node.types.js";
import { Pensioner } from "./pensioner.types.js";
import { readVisibleReviewCase } from "./review-case.resolver.js";

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      "Anything by id (按标识查询); null when there is none or it is not the caller's to see. A channel finds people by naming them, not by id. Scope status:read.",
  })
  async node(
    @Arg("id", () => ID, { description: "An opaque id." }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Node | null> {
    const key = parseOpaqueId(id);
    switch (key?.kind) {
      case "certification":
        return readVisibleCertification(key, context, "node");
      case "session": {
        const session = await readSession(context.services.database.db, key);
        if (!session || !maySeeSession(context.actor, session)) return null;
        await context.recordReads("node", [key]);
        return new CertificationSession(session, context);
      }
      case "pensioner": {
        if (!maySeePensionerById(context.actor)) return null;
        const record = await context.pensioners.load(key);
        if (!record) return null;
        await context.recordReads("node", [key]);
        return new Pensioner(record, context);
      }
      case "homeVisit":
        return readVisibleHomeVisit(key, context, "node");
      case "contactTask":
        return readVisibleContactTask(key, context, "node");
      case "message":
        return readVisibleMessage(key, context, "node");
      case "lifeEvent":
        return readVisibleLifeEvent(key, context, "node");
      case "reviewCase":
        return readVisibleReviewCase(key, context, "node");
      case undefined:
        return null;
    }
  }
}
