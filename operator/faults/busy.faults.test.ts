import { describePart } from './part.ts';
import { callsRow } from './row-calls.ts';
import { crashRow } from './row-crash.ts';
import { driftRow } from './row-drift.ts';
import { guardsRow } from './row-guards.ts';
import { readsRow } from './row-reads.ts';
import { specRow } from './row-spec.ts';
import { staleRow } from './row-stale.ts';

describePart({
  name: 'busy',
  ids: ['A1', 'A2', 'A3', 'A4', 'D1', 'S1', 'S2', 'S3', 'S4', 'SEC', 'guard'],
  rows: [crashRow, callsRow, readsRow, staleRow, specRow, driftRow, guardsRow],
});
