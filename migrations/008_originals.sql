-- Original files may lie in an object store. A row here is there before its object and goes after it, so that no object can be without
-- a row: whatever is cut off in between, the next look at the rows goes on with it.

create table if not exists original_objects (
  object_key   text collate "C" primary key,
  item_id      uuid references items on delete set null,
  version      int not null check (version >= 1),
  sha256       text not null,
  bytes        bigint not null check (bytes >= 0),
  created_at   timestamptz not null default now(),
  stored_at    timestamptz,
  leased_by    text,
  leased_until timestamptz
);
create index if not exists original_objects_item on original_objects (item_id, version) where item_id is not null;
create index if not exists original_objects_waiting on original_objects (created_at) where stored_at is null;
create index if not exists original_objects_dead on original_objects (created_at) where item_id is null;
comment on table original_objects is 'Objects with original files, one per live version, and those that are still to be removed.';
comment on column original_objects.item_id is 'null: nobody needs the object any more, and it is to be removed; then the row goes.';
comment on column original_objects.stored_at is 'null: the bytes lie in ingest_file_parts still, and the object may be there, in part or not at all.';
comment on column original_objects.leased_until is 'Until then somebody is writing the object, or it is not worth another try.';

create table if not exists original_home (
  home text not null default gen_random_uuid()::text,
  one  bool primary key default true check (one)
);
insert into original_home default values on conflict do nothing;
comment on table original_home is 'First part of the keys of this database''s objects, so that several may share a bucket.';

alter table reconcile_runs add column if not exists objects int;
alter table reconcile_runs add column if not exists objects_missing int;
alter table reconcile_runs add column if not exists objects_orphans int;
comment on column reconcile_runs.objects is 'Objects with original files that were looked at; null where there is no object store, or it was away.';
comment on column reconcile_runs.objects_missing is 'Original files whose object is gone or not whole. Nothing can mend that but a backup of the bucket.';
comment on column reconcile_runs.objects_orphans is 'Objects without a row; they were removed.';

grant select, insert, update, delete on original_objects to luna_api;
grant select on original_home to luna_api;
grant select on original_objects to luna_admin;
