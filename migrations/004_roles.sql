-- Least privilege. The roles are made without LOGIN; the schema job gives them LOGIN and their passwords afterwards.
-- Roles belong to the whole server, so another database may have made them, or be making them right now.

do $$
declare
  role_name text;
begin
  foreach role_name in array array['luna_api', 'luna_sim', 'luna_admin'] loop
    begin
      if not exists (select from pg_roles where rolname = role_name) then
        execute format('create role %I nologin nosuperuser nocreatedb nocreaterole noinherit', role_name);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
  -- A template is nobody's database: what is granted there would be copied nowhere and mislead.
  if not (select datistemplate from pg_database where datname = current_database()) then
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to luna_api, luna_sim, luna_admin', current_database());
  end if;
end $$;

revoke create on schema public from public;
grant usage on schema public to luna_api, luna_sim, luna_admin;

grant select on luna_migrations to luna_api, luna_sim, luna_admin;

grant select, insert, update, delete on
  items, item_versions, item_chunks, ingest_jobs, ingest_file_parts, embedding_profile to luna_api;
grant select, insert on users, events, smart_meter_readings, market_prices to luna_api;
grant select on privacy_config, sim_runs to luna_api;
grant select, insert on audit_log to luna_api;

grant select, insert on smart_meter_readings, market_prices to luna_sim;
grant select, insert, update on sim_runs to luna_sim;

grant select on
  users, items, item_versions, item_chunks, events, smart_meter_readings, market_prices, privacy_config,
  ingest_jobs, embedding_profile, sim_runs to luna_admin;
grant update (flag_send_aggregates) on privacy_config to luna_admin;
grant select, insert on audit_log to luna_admin;

-- Later tables: nobody but the owner, unless their migration grants it; functions are not for everybody either.
alter default privileges in schema public revoke all on tables from public;
alter default privileges revoke execute on functions from public;
