-- The role that the service connects as: it reads and writes, but can neither change nor remove what is in the access log
-- and in the audit chains, nor change the schema. Run by the owner of the tables after each migration, in the service's
-- database: psql "$OWNER_URL" -f database-roles.sql
-- Migrate as the owner (`npm run cli -- migrate`), then start the service as this role.
-- Give it a password apart from this file: alter role changqing_service login password '…';

do $$
begin
  if not exists (select from pg_roles where rolname = 'changqing_service') then
    create role changqing_service login;
  end if;
end
$$;

revoke all on all tables in schema public from changqing_service;
grant usage on schema public, drizzle to changqing_service;
grant select on drizzle.__drizzle_migrations to changqing_service;
grant select, insert, update, delete on all tables in schema public to changqing_service;
revoke update, delete, truncate on access_log, audit_entry, audit_anchor from changqing_service;
revoke delete, truncate on audit_chain from changqing_service;

-- The alarms of pg-boss, which keeps its queues there; what was done stands in job_run.
grant usage on schema pgboss to changqing_service;
grant select, insert, update, delete on all tables in schema pgboss to changqing_service;
grant usage on all sequences in schema pgboss to changqing_service;
grant execute on all functions in schema pgboss to changqing_service;
