-- The tenant's own privacy switch and its name towards the outside. Exactly one row, for ever.

create table if not exists privacy_config (
  flag_send_aggregates bool not null default false,
  instance_fingerprint text not null check (instance_fingerprint ~ '^[0-9a-f]{32}$')
);
create unique index if not exists privacy_config_single_row on privacy_config ((true));
comment on table privacy_config is 'One row. Nothing leaves the tenant unless flag_send_aggregates and the platform''s own gate are both on and an administrator presses the button.';
comment on column privacy_config.instance_fingerprint is 'Random 128-bit name of this installation, hex. Derived from nothing, so it tells nothing.';

-- Two random UUIDs hold 244 random bits; their hash is cut to 128. Needs no extension.
insert into privacy_config (flag_send_aggregates, instance_fingerprint)
select false, encode(substr(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 1, 16), 'hex')
where not exists (select from privacy_config);

create or replace function privacy_config_keep_row() returns trigger language plpgsql as $$
begin
  raise exception 'privacy_config has exactly one row: update it instead' using errcode = 'integrity_constraint_violation';
end $$;
create or replace trigger privacy_config_keep_row before delete on privacy_config
  for each row execute function privacy_config_keep_row();
create or replace trigger privacy_config_keep_table before truncate on privacy_config
  for each statement execute function privacy_config_keep_row();
