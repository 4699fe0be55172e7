-- Deadlines are counted as they come, move and go, by whichever statement, and with them who is suspended.
CREATE FUNCTION "tally_new_deadlines"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "expiry_tally" ("kind", "last_day", "change")
    SELECT 'DEADLINE', "valid_through", count(*) FROM "added" GROUP BY "valid_through";
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "pensioner_tally_new" AFTER INSERT ON "pensioner" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "tally_new_deadlines"();--> statement-breakpoint
CREATE FUNCTION "tally_moved_deadline"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "expiry_tally" ("kind", "last_day", "change") VALUES ('DEADLINE', OLD."valid_through", -1);
  INSERT INTO "expiry_tally" ("kind", "last_day", "from_month", "change")
    SELECT 'SUSPENDED', OLD."valid_through", "from_month", -1 FROM "payment_hold"
    WHERE "bucket" = OLD."bucket" AND "pensioner_id" = OLD."id" AND "reason" = 'NOT_CERTIFIED' AND "resumes_month" IS NULL;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO "expiry_tally" ("kind", "last_day", "change") VALUES ('DEADLINE', NEW."valid_through", 1);
    INSERT INTO "expiry_tally" ("kind", "last_day", "from_month", "change")
      SELECT 'SUSPENDED', NEW."valid_through", "from_month", 1 FROM "payment_hold"
      WHERE "bucket" = NEW."bucket" AND "pensioner_id" = NEW."id" AND "reason" = 'NOT_CERTIFIED' AND "resumes_month" IS NULL;
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "pensioner_tally_moved" AFTER UPDATE OF "valid_through" ON "pensioner" FOR EACH ROW
  WHEN (OLD."valid_through" IS DISTINCT FROM NEW."valid_through") EXECUTE FUNCTION "tally_moved_deadline"();--> statement-breakpoint
CREATE TRIGGER "pensioner_tally_gone" AFTER DELETE ON "pensioner" FOR EACH ROW
  EXECUTE FUNCTION "tally_moved_deadline"();--> statement-breakpoint
-- A certification counts for the deadline that it replaced, while it stands as passed; a second pass in a month replaces none.
CREATE FUNCTION "tally_certification"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD."state" = 'PASSED' AND OLD."replaced_valid_through" <> OLD."valid_through" THEN
    INSERT INTO "expiry_tally" ("kind", "last_day", "change") VALUES ('CERTIFIED', OLD."replaced_valid_through", -1);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW."state" = 'PASSED' AND NEW."replaced_valid_through" <> NEW."valid_through" THEN
    INSERT INTO "expiry_tally" ("kind", "last_day", "change") VALUES ('CERTIFIED', NEW."replaced_valid_through", 1);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "certification_tally" AFTER INSERT OR DELETE OR UPDATE OF "state", "valid_through", "replaced_valid_through"
  ON "certification" FOR EACH ROW EXECUTE FUNCTION "tally_certification"();--> statement-breakpoint
-- Who is not paid for want of a certification, and from when on.
CREATE FUNCTION "tally_new_suspensions"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "expiry_tally" ("kind", "last_day", "from_month", "change")
    SELECT 'SUSPENDED', p."valid_through", h."from_month", count(*) FROM "added" h
    JOIN "pensioner" p ON p."bucket" = h."bucket" AND p."id" = h."pensioner_id"
    WHERE h."reason" = 'NOT_CERTIFIED' AND h."resumes_month" IS NULL GROUP BY p."valid_through", h."from_month";
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "payment_hold_tally_new" AFTER INSERT ON "payment_hold" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "tally_new_suspensions"();--> statement-breakpoint
CREATE FUNCTION "tally_changed_suspension"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."reason" = 'NOT_CERTIFIED' AND OLD."resumes_month" IS NULL THEN
    INSERT INTO "expiry_tally" ("kind", "last_day", "from_month", "change")
      SELECT 'SUSPENDED', "valid_through", OLD."from_month", -1 FROM "pensioner"
      WHERE "bucket" = OLD."bucket" AND "id" = OLD."pensioner_id";
  END IF;
  IF TG_OP = 'UPDATE' AND NEW."reason" = 'NOT_CERTIFIED' AND NEW."resumes_month" IS NULL THEN
    INSERT INTO "expiry_tally" ("kind", "last_day", "from_month", "change")
      SELECT 'SUSPENDED', "valid_through", NEW."from_month", 1 FROM "pensioner"
      WHERE "bucket" = NEW."bucket" AND "id" = NEW."pensioner_id";
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "payment_hold_tally_changed" AFTER DELETE OR UPDATE OF "reason", "from_month", "resumes_month"
  ON "payment_hold" FOR EACH ROW EXECUTE FUNCTION "tally_changed_suspension"();--> statement-breakpoint
-- What was there before; the triggers above keep writers waiting until it is counted.
INSERT INTO "expiry_tally" ("kind", "last_day", "change")
  SELECT 'DEADLINE', "valid_through", count(*) FROM "pensioner" GROUP BY "valid_through";--> statement-breakpoint
INSERT INTO "expiry_tally" ("kind", "last_day", "change")
  SELECT 'CERTIFIED', "replaced_valid_through", count(*) FROM "certification"
  WHERE "state" = 'PASSED' AND "replaced_valid_through" <> "valid_through" GROUP BY "replaced_valid_through";--> statement-breakpoint
INSERT INTO "expiry_tally" ("kind", "last_day", "from_month", "change")
  SELECT 'SUSPENDED', p."valid_through", h."from_month", count(*) FROM "payment_hold" h
  JOIN "pensioner" p ON p."bucket" = h."bucket" AND p."id" = h."pensioner_id"
  WHERE h."reason" = 'NOT_CERTIFIED' AND h."resumes_month" IS NULL GROUP BY p."valid_through", h."from_month";
