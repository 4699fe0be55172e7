CREATE TABLE "access_log" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"operation" text COLLATE "C" NOT NULL,
	"request_id" text COLLATE "C" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "access_log_pk" PRIMARY KEY("bucket","pensioner_id","id")
);
--> statement-breakpoint
CREATE TABLE "agency" (
	"code" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"district_code" text COLLATE "C" NOT NULL,
	CONSTRAINT "agency_pk" PRIMARY KEY("code")
);
--> statement-breakpoint
CREATE TABLE "audit_chain" (
	"chain" smallint NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_chain_pk" PRIMARY KEY("chain")
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"chain" smallint NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"entry" text COLLATE "C" NOT NULL,
	CONSTRAINT "audit_entry_pk" PRIMARY KEY("chain","seq")
);
--> statement-breakpoint
CREATE TABLE "back_pay_month" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"month" text COLLATE "C" NOT NULL,
	"paid_with_month" text COLLATE "C" NOT NULL,
	"certification_id" uuid NOT NULL,
	CONSTRAINT "back_pay_month_pk" PRIMARY KEY("bucket","pensioner_id","month")
);
--> statement-breakpoint
CREATE TABLE "benefit" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"approved_month" text COLLATE "C" NOT NULL,
	"agency_code" text COLLATE "C" NOT NULL,
	"district_code" text COLLATE "C" NOT NULL,
	"import_run" uuid,
	CONSTRAINT "benefit_pk" PRIMARY KEY("bucket","pensioner_id","type"),
	CONSTRAINT "benefit_approved_month_form" CHECK ("benefit"."approved_month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$')
);
--> statement-breakpoint
CREATE TABLE "certification" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"channel" text COLLATE "C" NOT NULL,
	"method" text COLLATE "C" NOT NULL,
	"actor" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"session_id" uuid,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"rejection_code" text COLLATE "C",
	"failed_faces" integer DEFAULT 0 NOT NULL,
	"valid_through" date,
	"replaced_valid_through" date,
	"policy_version" text COLLATE "C" NOT NULL,
	"helper_name_sealed" "bytea",
	"helper_document_type" text COLLATE "C",
	"helper_number_sealed" "bytea",
	"helper_relation" text COLLATE "C",
	CONSTRAINT "certification_pk" PRIMARY KEY("bucket","pensioner_id","id"),
	CONSTRAINT "certification_passed_is_dated" CHECK ("certification"."state" <> 'PASSED' or "certification"."valid_through" is not null)
);
--> statement-breakpoint
CREATE TABLE "certification_session" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"channel" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"challenge" text COLLATE "C" NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"failed_faces" integer DEFAULT 0 NOT NULL,
	"actor" text COLLATE "C" NOT NULL,
	"contact_phone_sealed" "bytea",
	"helper_name_sealed" "bytea",
	"helper_document_type" text COLLATE "C",
	"helper_number_sealed" "bytea",
	"helper_index" "bytea",
	"helper_relation" text COLLATE "C",
	CONSTRAINT "certification_session_pk" PRIMARY KEY("bucket","pensioner_id","id")
);
--> statement-breakpoint
CREATE TABLE "channel_client" (
	"id" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"channel" text COLLATE "C",
	"scopes" text[] NOT NULL,
	"secret_index" "bytea",
	"jwks" jsonb,
	"sandbox" boolean NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "channel_client_pk" PRIMARY KEY("id"),
	CONSTRAINT "channel_client_channel_named" CHECK (("channel_client"."kind" = 'CHANNEL') = ("channel_client"."channel" is not null))
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"certification_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"issuer" text COLLATE "C" NOT NULL,
	"outcome" text COLLATE "C" NOT NULL,
	"liveness" text COLLATE "C" NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"digest" "bytea" NOT NULL,
	CONSTRAINT "evidence_pk" PRIMARY KEY("bucket","pensioner_id","certification_id","position")
);
--> statement-breakpoint
CREATE TABLE "helper_pensioner" (
	"helper_index" "bytea" NOT NULL,
	"month" text COLLATE "C" NOT NULL,
	"pensioner_id" uuid NOT NULL,
	CONSTRAINT "helper_pensioner_pk" PRIMARY KEY("helper_index","month","pensioner_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_key" (
	"client_id" text COLLATE "C" NOT NULL,
	"operation" text COLLATE "C" NOT NULL,
	"key_index" "bytea" NOT NULL,
	"input_index" "bytea" NOT NULL,
	"result" jsonb,
	"replays" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_key_pk" PRIMARY KEY("client_id","operation","key_index")
);
--> statement-breakpoint
CREATE TABLE "identity_document" (
	"blind_index" "bytea" NOT NULL,
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"number_sealed" "bytea" NOT NULL,
	CONSTRAINT "identity_document_pk" PRIMARY KEY("blind_index")
);
--> statement-breakpoint
CREATE TABLE "message" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"month" text COLLATE "C" NOT NULL,
	"recipient" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"phone_sealed" "bytea",
	"body_sealed" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "message_pk" PRIMARY KEY("bucket","pensioner_id","id"),
	CONSTRAINT "message_once" UNIQUE("bucket","pensioner_id","kind","month","recipient")
);
--> statement-breakpoint
CREATE TABLE "payment_hold" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"reason" text COLLATE "C" NOT NULL,
	"from_month" text COLLATE "C" NOT NULL,
	"resumes_month" text COLLATE "C",
	"opened_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"certification_id" uuid,
	CONSTRAINT "payment_hold_pk" PRIMARY KEY("bucket","pensioner_id","id")
);
--> statement-breakpoint
CREATE TABLE "pensioner" (
	"bucket" smallint NOT NULL,
	"id" uuid NOT NULL,
	"name_sealed" "bytea" NOT NULL,
	"name_index" "bytea" NOT NULL,
	"phone_sealed" "bytea",
	"phone_source" text COLLATE "C",
	"employer_code" text COLLATE "C",
	"register_certified_on" date,
	"anchor_month" text COLLATE "C" NOT NULL,
	"valid_through" date NOT NULL,
	"last_certified_on" date,
	"version" integer NOT NULL,
	"import_run" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pensioner_pk" PRIMARY KEY("bucket","id"),
	CONSTRAINT "pensioner_bucket_range" CHECK ("pensioner"."bucket" between 0 and 1023),
	CONSTRAINT "pensioner_anchor_month_form" CHECK ("pensioner"."anchor_month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$')
);
--> statement-breakpoint
CREATE TABLE "setting" (
	"name" text COLLATE "C" NOT NULL,
	"value" jsonb NOT NULL,
	CONSTRAINT "setting_pk" PRIMARY KEY("name")
);
--> statement-breakpoint
CREATE TABLE "used_client_assertion" (
	"assertion" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "used_client_assertion_pk" PRIMARY KEY("assertion")
);
--> statement-breakpoint
CREATE TABLE "used_face_assertion" (
	"assertion" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "used_face_assertion_pk" PRIMARY KEY("assertion")
);
--> statement-breakpoint
CREATE INDEX "benefit_district_idx" ON "benefit" USING btree ("district_code","bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "certification_replaced_idx" ON "certification" USING btree ("replaced_valid_through","bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "identity_document_pensioner_idx" ON "identity_document" USING btree ("bucket","pensioner_id");--> statement-breakpoint
CREATE INDEX "pensioner_valid_through_idx" ON "pensioner" USING btree ("valid_through","bucket","id");