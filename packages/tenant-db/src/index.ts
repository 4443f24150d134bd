export { createPool, type Database, type PoolOptions, type Queryable, type Session, type Transaction } from './pool.ts';
export { emptySql, identifier, joinSql, sql, whereAll, type Sql } from './sql.ts';
export { DatabaseError, databaseError, isTransientDatabaseError } from './errors.ts';
export { migrate, schemaVersion, type MigrateOptions, type MigrateResult } from './migrate.ts';
export type { Migration } from './migration.ts';
export {
  readSchemaVersion,
  readTimescaleEdition,
  waitForDatabase,
  type TimescaleEdition,
  type WaitOptions,
} from './schema-info.ts';
export { setRolePasswords, type TenantRole } from './role-passwords.ts';
export {
  deleteItem,
  failVersion,
  listItems,
  publishVersion,
  readItem,
  stageVersion,
  type Item,
  type ItemFilter,
  type NewVersion,
  type PublishInput,
  type PublishResult,
  type StagedVersion,
} from './repositories/items.ts';
export {
  deleteChunks,
  listChunks,
  putChunks,
  readLiveChunks,
  type LiveChunk,
  type NewChunk,
  type StoredChunk,
} from './repositories/chunks.ts';
export {
  cancelIngestJob,
  claimIngestJob,
  countOpenIngestJobs,
  createIngestJob,
  finishIngestJob,
  listIngestJobs,
  readIngestJob,
  releaseIngestJob,
  retryIngestJob,
  updateIngestJob,
  type IngestEnd,
  type ClaimedJob,
  type IngestJob,
  type IngestJobFilter,
  type IngestJobPatch,
  type IngestOutcome,
  type IngestState,
  type Lease,
  type NewIngestJob,
} from './repositories/ingest-jobs.ts';
export {
  FIRST_CHUNK,
  dropAbandoned,
  findOrphans,
  finishReconcileRun,
  onlyOneReconciles,
  pageLiveChunks,
  readLastReconcileRun,
  startReconcileRun,
  stillLive,
  type IndexedChunk,
  type PointName,
  type ReconcileCounts,
  type ReconcileRun,
} from './repositories/reconcile.ts';
export { insertEvents, type NewEvent } from './repositories/events.ts';
export {
  FILE_PART_BYTES,
  dropOldJobFiles,
  readFileParts,
  readItemFile,
  writeFilePart,
  type ItemFile,
} from './repositories/ingest-files.ts';
export {
  claimOriginal,
  countDeadOriginals,
  countOriginals,
  dropSupersededOriginals,
  forgetOriginal,
  listDeadOriginals,
  readOriginalHome,
  registerOriginals,
  releaseOriginal,
  renewOriginal,
  settleOriginal,
  storedOriginals,
  unknownObjects,
  type KeyRange,
  type OriginalCounts,
  type OriginalObject,
} from './repositories/originals.ts';
export {
  activateProfile,
  ensureProfile,
  readActiveProfile,
  type EmbeddingIdentity,
  type EmbeddingProfile,
} from './repositories/embedding-profiles.ts';
export {
  finishSimRun,
  forgetOldSimRuns,
  isSeedLoaded,
  readLastFailedSimRuns,
  readLastSimRuns,
  readLastWrites,
  recordSeed,
  startSimRun,
  updateSimRun,
  type LastWrites,
  type SimKind,
  type SimRun,
  type SimRunOutcome,
  type SimRunProgress,
} from './repositories/sim-runs.ts';
export { countTables, type TableCounts } from './repositories/counts.ts';
export { readPrivacyConfig, type PrivacyConfig } from './repositories/privacy.ts';
export { appendAudit, type AuditEntry } from './repositories/audit.ts';
export { createScratchDatabase, type ScratchDatabase } from './scratch-database.ts';
export {
  createSeriesWriter,
  putPrices,
  putReadings,
  readLiveSeries,
  type PutCounts,
  type SeriesWriter,
  type SeriesWriterDeps,
  type WriteNote,
  type Writing,
  type Written,
} from './series/write.ts';
export { readStoredMeters, readStoredPrices } from './series/stored.ts';
export {
  catchUpRollups,
  expireSeries,
  fitChunks,
  refreshRollups,
  setRetention,
  type Retention,
} from './series/upkeep.ts';
export {
  listMeters,
  listPriceSeries,
  readLastCounters,
  readMeterCost,
  readMeterInfo,
  readMeterPoints,
  readMeterTotals,
  readPricePoints,
  readQuarterPrices,
  readRetentionStart,
  type CostPoint,
  type LastCounters,
  type MeterEntry,
  type MeterInfo,
  type MeterPoint,
  type MeterTotals,
  type PricePoint,
  type PriceResolution,
  type PriceSeriesInfo,
  type PriceSeriesRef,
  type Resolution,
  type TimeRange,
} from './series/read.ts';
export { encodeReadings, READING_COLUMNS, type Encoded } from './series/encode.ts';
