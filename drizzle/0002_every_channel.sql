CREATE TABLE "evidence_file" (
	"client_id" text COLLATE "C" NOT NULL,
	"sha256" "bytea" NOT NULL,
	"media_type" text COLLATE "C" NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "evidence_file_pk" PRIMARY KEY("client_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "contact_task" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"reason" text COLLATE "C" NOT NULL,
	"phone_index" "bytea" NOT NULL,
	"employer_code" text COLLATE "C",
	"opened_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "contact_task_pk" PRIMARY KEY("bucket","pensioner_id","id"),
	CONSTRAINT "contact_task_once" UNIQUE("bucket","pensioner_id","phone_index")
);
--> statement-breakpoint
CREATE TABLE "home_visit" (
	"bucket" smallint NOT NULL,
	"pensioner_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"client_id" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"reason" text COLLATE "C" NOT NULL,
	"district_code" text COLLATE "C" NOT NULL,
	"address_sealed" "bytea" NOT NULL,
	"contact_name_sealed" "bytea" NOT NULL,
	"contact_phone_sealed" "bytea" NOT NULL,
	"relation" text COLLATE "C" NOT NULL,
	"visit_on" date,
	"visitor_name_sealed" "bytea",
	"closing_reason_sealed" "bytea",
	"certification_id" uuid,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "home_visit_pk" PRIMARY KEY("bucket","pensioner_id","id")
);
--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "issuer" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "outcome" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "liveness" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "issued_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "digest" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "next_channels" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "operator_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "employer_code" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "review_due_on" date;--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "decided_by" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "decision_reason_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "overpaid_months" text[];--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "data_source" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "source_reference_index" "bytea";--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "roles" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "employer_code" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "district_code" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "contact" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "previous_secret_index" "bytea";--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "previous_secret_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "rate_points" integer;--> statement-breakpoint
ALTER TABLE "channel_client" ADD COLUMN "rate_points_per_second" integer;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "facts_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "pensioner" ADD COLUMN "phone_index" "bytea";--> statement-breakpoint
CREATE INDEX "contact_task_open_idx" ON "contact_task" USING btree ("closed_at","id");--> statement-breakpoint
CREATE INDEX "home_visit_desk_idx" ON "home_visit" USING btree ("district_code","state","id");--> statement-breakpoint
CREATE INDEX "certification_review_idx" ON "certification" USING btree ("review_due_on","bucket","pensioner_id","id") WHERE "certification"."state" = 'PENDING';--> statement-breakpoint
CREATE INDEX "pensioner_phone_idx" ON "pensioner" USING btree ("phone_index");--> statement-breakpoint
ALTER TABLE "certification" ADD CONSTRAINT "certification_source_reference_once" UNIQUE("bucket","pensioner_id","data_source","source_reference_index");