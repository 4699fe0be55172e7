CREATE TABLE "employer_contact" (
	"employer_code" text COLLATE "C" NOT NULL,
	"phone_sealed" "bytea" NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "employer_contact_pk" PRIMARY KEY("employer_code")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"id" uuid NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"subject_id" text COLLATE "C" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"position" bigint,
	CONSTRAINT "event_pk" PRIMARY KEY("bucket","pensioner_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "event_audience" (
	"client_id" text COLLATE "C" NOT NULL,
	"position" bigint NOT NULL,
	CONSTRAINT "event_audience_pk" PRIMARY KEY("client_id","position")
);
--> statement-breakpoint
CREATE TABLE "served_person" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "served_person_pk" PRIMARY KEY("bucket","pensioner_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_attempt" (
	"delivery_id" uuid NOT NULL,
	"attempt" smallint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"status" smallint,
	"failure" text COLLATE "C",
	"ms" integer NOT NULL,
	CONSTRAINT "webhook_attempt_pk" PRIMARY KEY("delivery_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "webhook_delivery" (
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"replay" smallint DEFAULT 0 NOT NULL,
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_delivery_pk" PRIMARY KEY("id"),
	CONSTRAINT "webhook_delivery_once" UNIQUE("endpoint_id","position","replay")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoint" (
	"id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"audience" text COLLATE "C" NOT NULL,
	"url" text COLLATE "C" NOT NULL,
	"types" text[] DEFAULT '{}' NOT NULL,
	"secret_sealed" "bytea" NOT NULL,
	"signing_key_sealed" "bytea" NOT NULL,
	"public_key" text COLLATE "C" NOT NULL,
	"previous_secret_sealed" "bytea",
	"previous_signing_key_sealed" "bytea",
	"previous_until" timestamp (3) with time zone,
	"after_position" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	"disabled_reason" text COLLATE "C",
	CONSTRAINT "webhook_endpoint_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "expiry_tally" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "expiry_tally_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text COLLATE "C" NOT NULL,
	"last_day" date NOT NULL,
	"from_month" text COLLATE "C",
	"change" integer NOT NULL,
	CONSTRAINT "expiry_tally_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "job_run" (
	"job" text COLLATE "C" NOT NULL,
	"period" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"epoch" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"heard_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"worked_ms" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"total" integer,
	"cursor" jsonb,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"failure" text COLLATE "C",
	CONSTRAINT "job_run_pk" PRIMARY KEY("job","period")
);
--> statement-breakpoint
CREATE TABLE "audit_anchor" (
	"number" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"heads" jsonb NOT NULL,
	"hash" "bytea" NOT NULL,
	"jws" text COLLATE "C" NOT NULL,
	CONSTRAINT "audit_anchor_pk" PRIMARY KEY("number")
);
--> statement-breakpoint
CREATE TABLE "life_event" (
	"bucket" smallint NOT NULL,
	"id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"by_staff" boolean NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"occurred_on" date NOT NULL,
	"outcome" text COLLATE "C" NOT NULL,
	"basis" text COLLATE "C",
	"state" text COLLATE "C" NOT NULL,
	"person_bucket" smallint,
	"pensioner_id" uuid,
	"source" text COLLATE "C" NOT NULL,
	"source_reference_sealed" "bytea" NOT NULL,
	"source_reference_index" "bytea" NOT NULL,
	"name_sealed" "bytea" NOT NULL,
	"document_sealed" "bytea",
	"reason_sealed" "bytea",
	"overpaid_months" text[] DEFAULT '{}' NOT NULL,
	"decided_by" text COLLATE "C",
	"reported_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "life_event_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "life_event_source_once" UNIQUE("client_id","source","source_reference_index")
);
--> statement-breakpoint
CREATE TABLE "moratorium" (
	"id" uuid NOT NULL,
	"district_code" text COLLATE "C",
	"benefit_type" text COLLATE "C",
	"from_month" text COLLATE "C" NOT NULL,
	"through_month" text COLLATE "C" NOT NULL,
	"reason" text COLLATE "C" NOT NULL,
	"created_by" text COLLATE "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "moratorium_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "payroll_line" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"month" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"reasons" text[] DEFAULT '{}' NOT NULL,
	"from_month" text COLLATE "C",
	"back_pay_months" text[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "payroll_line_pk" PRIMARY KEY("bucket","pensioner_id","month","kind")
);
--> statement-breakpoint
CREATE TABLE "payroll_list" (
	"month" text COLLATE "C" NOT NULL,
	"cut_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"holds" integer DEFAULT 0 NOT NULL,
	"releases" integer DEFAULT 0 NOT NULL,
	"holds_checksum" text COLLATE "C",
	"releases_checksum" text COLLATE "C",
	CONSTRAINT "payroll_list_pk" PRIMARY KEY("month")
);
--> statement-breakpoint
CREATE TABLE "review_case" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"certification_id" uuid NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"decision" text COLLATE "C",
	"decided_by" text COLLATE "C",
	"reason_sealed" "bytea",
	CONSTRAINT "review_case_pk" PRIMARY KEY("bucket","pensioner_id","id"),
	CONSTRAINT "review_case_once" UNIQUE("bucket","pensioner_id","kind","certification_id")
);
--> statement-breakpoint
CREATE TABLE "suspension_batch" (
	"month" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"candidates" integer DEFAULT 0 NOT NULL,
	"suspended" integer DEFAULT 0 NOT NULL,
	"spared" integer DEFAULT 0 NOT NULL,
	"breakers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"approved_by" text COLLATE "C",
	"approved_at" timestamp (3) with time zone,
	"applied_at" timestamp (3) with time zone,
	"policy_version" text COLLATE "C" NOT NULL,
	CONSTRAINT "suspension_batch_pk" PRIMARY KEY("month")
);
--> statement-breakpoint
CREATE TABLE "suspension_candidate" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"month" text COLLATE "C" NOT NULL,
	"valid_through" date NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "suspension_candidate_pk" PRIMARY KEY("bucket","pensioner_id","month")
);
--> statement-breakpoint
ALTER TABLE "message" ALTER COLUMN "body_sealed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "back_pay_month" ALTER COLUMN "certification_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "passed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "passed_by" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "certification_session" ADD COLUMN "closed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "certification_session" ADD COLUMN "helper_phone_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "about_valid_through" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "attempts" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "due_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "gateway" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "gateway_message_id" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "failure" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "maybe_twice" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "sent_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "settled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "payment_hold" ADD COLUMN "restores" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_hold" ADD COLUMN "voided" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_hold" ADD COLUMN "final" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_hold" ADD COLUMN "batch_month" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "payment_hold" ADD COLUMN "life_event_id" uuid;--> statement-breakpoint
CREATE INDEX "event_unplaced_idx" ON "event" USING btree ("id") WHERE "event"."position" is null;--> statement-breakpoint
CREATE INDEX "event_feed_idx" ON "event" USING btree ("position");--> statement-breakpoint
CREATE INDEX "webhook_delivery_due_idx" ON "webhook_delivery" USING btree ("endpoint_id","due_at","id") WHERE "webhook_delivery"."state" = 'PENDING';--> statement-breakpoint
CREATE INDEX "webhook_delivery_settled_idx" ON "webhook_delivery" USING btree ("settled_at") WHERE "webhook_delivery"."settled_at" is not null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_order_idx" ON "webhook_delivery" USING btree ("endpoint_id","pensioner_id","sequence") WHERE "webhook_delivery"."state" = 'PENDING';--> statement-breakpoint
CREATE INDEX "webhook_endpoint_client_idx" ON "webhook_endpoint" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "job_run_recent_idx" ON "job_run" USING btree ("started_at","job","period");--> statement-breakpoint
CREATE INDEX "life_event_person_idx" ON "life_event" USING btree ("person_bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "life_event_outcome_idx" ON "life_event" USING btree ("outcome","state","id");--> statement-breakpoint
CREATE INDEX "life_event_list_idx" ON "life_event" USING btree ("id");--> statement-breakpoint
CREATE INDEX "payroll_line_list_idx" ON "payroll_line" USING btree ("month","kind","bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "review_case_open_idx" ON "review_case" USING btree ("opened_at","bucket","pensioner_id","id") WHERE "review_case"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "suspension_candidate_batch_idx" ON "suspension_candidate" USING btree ("month","bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "certification_session_captured_idx" ON "certification_session" USING btree ("expires_at") WHERE "certification_session"."contact_phone_sealed" is not null or "certification_session"."helper_index" is not null;--> statement-breakpoint
CREATE INDEX "used_face_assertion_expired_idx" ON "used_face_assertion" USING brin ("expires_at");--> statement-breakpoint
CREATE INDEX "idempotency_key_created_idx" ON "idempotency_key" USING brin ("created_at");--> statement-breakpoint
CREATE INDEX "message_due_idx" ON "message" USING btree ("kind","due_at","id") WHERE "message"."state" in ('QUEUED', 'SENDING', 'UNKNOWN');--> statement-breakpoint
CREATE INDEX "message_gateway_idx" ON "message" USING btree ("gateway","gateway_message_id") WHERE "message"."gateway_message_id" is not null;--> statement-breakpoint
CREATE INDEX "message_recent_idx" ON "message" USING btree ("id");--> statement-breakpoint
CREATE INDEX "message_kept_idx" ON "message" USING btree (coalesce("settled_at", "sent_at", "created_at")) WHERE "message"."body_sealed" is not null and "message"."state" not in ('QUEUED', 'SENDING', 'UNKNOWN');--> statement-breakpoint
CREATE INDEX "back_pay_month_paid_idx" ON "back_pay_month" USING btree ("paid_with_month","bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "payment_hold_open_idx" ON "payment_hold" USING btree ("bucket","pensioner_id") WHERE "payment_hold"."resumes_month" is null;