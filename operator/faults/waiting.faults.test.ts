import { describePart } from './part.ts';
import { leaderRow } from './row-leader.ts';
import { platformRow } from './row-platform.ts';
import { quietRow } from './row-quiet.ts';
import { watchLossRow } from './row-watch-loss.ts';

/** What mostly waits: for leases, tokens, restarts and silence. It runs beside the busy part, on a server of its own. */
describePart({
  name: 'waiting',
  ids: ['D2', 'L1', 'P1', 'W1', 'X1'],
  rows: [quietRow, watchLossRow, leaderRow, platformRow],
});
