import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { ChannelCode } from "../domain/channels.js";
import type { CameraKind, DataSource, EvidenceKind, PhotoElement } from "../domain/evidence-kinds.js";
import type { Decision } from "../operations/decide-certification.js";
import type { EvidenceRow } from "../storage/evidence.js";
import { places, type Sealing } from "../storage/sealing.js";
import {
  CameraKindEnum,
  ChannelCodeEnum,
  DataSourceEnum,
  DecisionEnum,
  EvidenceKindEnum,
  PhotoElementEnum,
} from "./enums.js";
import { DateScalar, DateTimeScalar, dateTimeText } from "./scalars.js";

@InputType("ReviewFilter", { description: "Which submissions under review (审核筛选)." })
export class ReviewFilter {
  @Field(() => ChannelCodeEnum, { nullable: true, description: "Only of this channel." })
  channel?: ChannelCode | null;

  @Field(() => String, { nullable: true, description: "Only those that this employer handed in." })
  employerCode?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Only those due before this day." })
  dueBefore?: Temporal.PlainDate | null;
}

@InputType("CertificationDecideInput", { description: "A decision on a submission (审核)." })
export class CertificationDecideInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A certification that is PENDING." })
  certificationId!: string;

  @Field(() => DecisionEnum, { description: "Whether it certifies." })
  decision!: Decision;

  @Field(() => String, {
    nullable: true,
    description: "Needed to reject; shown to reviewers only, 1 to 500 characters (审核意见).",
  })
  reason?: string | null;
}

@InputType("CertificationRevokeInput", { description: "A pass to be taken back (撤销认证)." })
export class CertificationRevokeInput {
  @Field(() => String, { description: "As in certificationStart." })
  idempotencyKey!: string;

  @Field(() => ID, { description: "A certification that has PASSED." })
  certificationId!: string;

  @Field(() => String, { description: "Shown to reviewers only, 1 to 500 characters (撤销理由)." })
  reason!: string;
}

/** What may be shown of the facts that each kind of evidence seals; document numbers and names are not among them. */
interface ShownFacts {
  readonly capturedAt?: string | null;
  readonly visitedAt?: string;
  readonly eventAt?: string;
  readonly shows?: PhotoElement[];
  readonly cameraKind?: CameraKind | null;
  readonly expiresOn?: string | null;
  readonly source?: DataSource;
}

@ObjectType("EvidenceRecord", {
  description: "One piece that a certification rests on; no document numbers (认证材料记录).",
  simpleResolvers: true,
})
export class EvidenceRecord {
  readonly #facts: ShownFacts;

  constructor(
    readonly row: EvidenceRow,
    sealing: Sealing,
  ) {
    const { factsSealed, certificationId, position } = row;
    const place = places.evidenceFacts(certificationId, position);
    this.#facts = factsSealed === null ? {} : (JSON.parse(sealing.open(factsSealed, place)) as ShownFacts);
  }

  @Field(() => EvidenceKindEnum, { description: "What it is." })
  get kind(): EvidenceKind {
    return this.row.kind;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When the photo was taken, the face verified, the visit paid, or the event traced (采集时间).",
  })
  get capturedAt(): string | null {
    const { capturedAt, visitedAt, eventAt } = this.#facts;
    const stated = capturedAt ?? visitedAt ?? eventAt ?? this.row.issuedAt?.toISOString();
    return stated ? dateTimeText(Temporal.Instant.from(stated)) : null;
  }

  @Field(() => [PhotoElementEnum], { description: "What a photo shows; empty for the rest." })
  get shows(): PhotoElement[] {
    return this.#facts.shows ?? [];
  }

  @Field(() => CameraKindEnum, { nullable: true, description: "The machine's camera." })
  get cameraKind(): CameraKind | null {
    return this.#facts.cameraKind ?? null;
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: "Of a document shown: its expiry; null when it has none.",
  })
  get expiresOn(): string | null {
    return this.#facts.expiresOn ?? null;
  }

  @Field(() => DataSourceEnum, { nullable: true, description: "Of a trace: the system it was found in." })
  get dataSource(): DataSource | null {
    return this.#facts.source ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: "Of a face: the verifier that signed the result (签发方).",
  })
  get verifier(): string | null {
    return this.row.issuer;
  }

  @Field(() => String, {
    nullable: true,
    description: "SHA-256 of the file or of the signed result, hexadecimal; null where there is neither.",
  })
  get sha256(): string | null {
    return this.row.digest?.toString("hex") ?? null;
  }
}
