-- What the services need to work and to account for their work: ingest jobs, item versions, embedding profiles, runs, audit trail.

create table if not exists item_versions (
  item_id    uuid not null references items on delete cascade,
  version    int not null check (version >= 1),
  sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  state      text not null default 'staged' check (state in ('staged', 'live', 'replaced', 'failed')),
  file_name  text,
  media_type text,
  bytes      bigint check (bytes >= 0),
  language   text,
  metadata   jsonb not null default '{}',
  created_at timestamptz not null default now(),
  live_at    timestamptz,
  primary key (item_id, version)
);
-- The same bytes of the same source are at work or live at most once, also when two uploads race.
create unique index if not exists item_versions_same_bytes on item_versions (item_id, sha256) where state in ('staged', 'live');
create unique index if not exists item_versions_one_live on item_versions (item_id) where state = 'live';
comment on table item_versions is 'Every version of an item. staged: being ingested, invisible. live: searched and quoted. replaced: a newer one took over. failed: never became live.';

create table if not exists ingest_jobs (
  job_id         uuid primary key default gen_random_uuid(),
  item_id        uuid references items on delete set null,
  version        int,
  source         text not null,
  sha256         text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  state          text not null default 'queued' check (state in (
    'queued', 'extracting', 'chunking', 'embedding', 'indexing', 'done', 'failed', 'duplicate', 'no_text')),
  progress_done  int not null default 0 check (progress_done >= 0),
  progress_total int check (progress_total >= 0),
  error_code     text,
  error          text,
  attempts       int not null default 0 check (attempts >= 0),
  file_name      text,
  file_path      text,
  bytes          bigint check (bytes >= 0),
  media_type     text,
  title          text,
  tags           text[] not null default '{}',
  language       text,
  leased_by      text,
  leased_until   timestamptz,
  run_after      timestamptz not null default now(),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  finished_at    timestamptz
);
create index if not exists ingest_jobs_open on ingest_jobs (run_after, created_at) where finished_at is null;
create index if not exists ingest_jobs_created on ingest_jobs (created_at desc, job_id);
create index if not exists ingest_jobs_item on ingest_jobs (item_id);
create index if not exists ingest_jobs_bytes on ingest_jobs (source, sha256);
comment on table ingest_jobs is 'One row per upload. A worker holds a job by a lease; when it dies, the lease runs out and another one goes on.';
comment on column ingest_jobs.progress_done is 'Chunks embedded so far, of progress_total.';
comment on column ingest_jobs.file_path is 'Where the uploaded bytes lie while the job is open, if they are not in ingest_file_parts.';
comment on column ingest_jobs.run_after is 'Not before this time: back-off after a failed attempt.';

create table if not exists ingest_file_parts (
  job_id   uuid not null references ingest_jobs on delete cascade,
  part_idx int not null check (part_idx >= 0),
  content  bytea not null,
  primary key (job_id, part_idx)
);
alter table ingest_file_parts alter column content set storage external;
comment on table ingest_file_parts is 'The uploaded bytes of open jobs, in parts of at most 1 MiB, so that any replica can take over after a crash. Deleted when the job ends.';

create table if not exists embedding_profile (
  profile_id      uuid primary key default gen_random_uuid(),
  model           text not null,
  digest          text not null,
  dimensions      int not null check (dimensions between 1 and 65536),
  normalisation   text not null,
  document_prefix text not null default '',
  query_prefix    text not null default '',
  chunker         text not null,
  collection      text not null unique,
  active          bool not null default false,
  self_test       jsonb,
  created_at      timestamptz not null default now(),
  unique (model, digest, dimensions, normalisation, document_prefix, query_prefix, chunker)
);
create unique index if not exists embedding_profile_one_active on embedding_profile (active) where active;
comment on table embedding_profile is 'How vectors were made; one Qdrant collection per profile, at most one profile active. Vectors of two profiles are never compared.';
comment on column embedding_profile.normalisation is 'What is done to text before embedding: none, or fold-diacritics where the server cannot read umlauts.';

create table if not exists sim_runs (
  run_id      uuid primary key default gen_random_uuid(),
  kind        text not null check (kind in ('meter', 'market')),
  state       text not null default 'running' check (state in ('running', 'done', 'stopped', 'failed')),
  started_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  finished_at timestamptz,
  range_from  timestamptz,
  range_to    timestamptz,
  rows        bigint not null default 0 check (rows >= 0),
  error_code  text,
  error       text
);
create index if not exists sim_runs_started on sim_runs (kind, started_at desc);
comment on table sim_runs is 'One row per simulator run. range_from is the start of the first interval written, range_to the end of the last. running with an old updated_at: the process was killed.';

create table if not exists audit_log (
  audit_id   bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  actor      text not null,
  action     text not null,
  target     text,
  outcome    text not null default 'ok' check (outcome in ('ok', 'denied', 'failed')),
  details    jsonb not null default '{}'
);
create index if not exists audit_log_at on audit_log (at desc);
comment on table audit_log is 'Who did what, when, with what outcome. Append-only: no role but the owner may change or delete rows.';
