CREATE TABLE "rate_budget" (
	"client_id" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"points" double precision NOT NULL,
	"filled_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rate_budget_pk" PRIMARY KEY("client_id","kind")
);
