-- Ingest: the original file stays with its item, jobs can be cancelled, put aside and taken up again, and the comparison of PostgreSQL
-- with Qdrant leaves a record.

alter table ingest_jobs add column if not exists strikes int not null default 0 check (strikes >= 0);
alter table ingest_jobs add column if not exists warnings text[] not null default '{}';
alter table ingest_jobs drop constraint if exists ingest_jobs_state_check;
alter table ingest_jobs add constraint ingest_jobs_state_check check (state in (
  'queued', 'extracting', 'chunking', 'embedding', 'indexing', 'done', 'failed', 'duplicate', 'no_text', 'quarantined', 'cancelled'));
comment on column ingest_jobs.strikes is 'How often extraction broke down over this file. After the first time it is read alone; breaking down then, it is quarantined.';
comment on column ingest_jobs.warnings is 'What could not be read of a document that was ingested all the same, a sentence each.';

-- No copy on publishing: the job's parts become the version's. The large values are stored out of line and are not written again.
alter table ingest_file_parts add column if not exists item_id uuid references items on delete cascade;
alter table ingest_file_parts add column if not exists version int check (version >= 1);
create index if not exists ingest_file_parts_item on ingest_file_parts (item_id, version) where item_id is not null;
comment on table ingest_file_parts is 'Uploaded bytes, in parts of at most 1 MiB: of open jobs, so that any replica can take over after a crash; of jobs that failed, for a while, so that they can be tried again; and with item_id the original file of a live version, which goes with it.';

create table if not exists reconcile_runs (
  run_id      uuid primary key default gen_random_uuid(),
  started_at  timestamptz not null default now(),
  finished_at timestamptz,
  complete    bool not null default false,
  chunks      int not null default 0,
  points      int not null default 0,
  missing     int not null default 0,
  wrong       int not null default 0,
  orphans     int not null default 0,
  mended      int not null default 0,
  error_code  text,
  error       text
);
create index if not exists reconcile_runs_started on reconcile_runs (started_at desc);
comment on table reconcile_runs is 'One row per comparison of the live chunks with the points in Qdrant. Old rows are deleted.';
comment on column reconcile_runs.complete is 'Everything was looked at; otherwise the run stopped at its bound, and the next one goes on.';
comment on column reconcile_runs.missing is 'Live chunks that had no point.';
comment on column reconcile_runs.wrong is 'Points whose item, version, tags, source or language were not those of their chunk.';
comment on column reconcile_runs.orphans is 'Points without a live chunk that no job was at work on.';

grant select, insert, update, delete on reconcile_runs to luna_api;
grant select on reconcile_runs to luna_admin;
