import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { DATABASE, DATABASE_OWNER } from './database.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch, type Probe } from './pod.ts';
import { usesSecrets } from './secrets.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';

// Over TCP: while the image initialises, its temporary server listens on the socket only, and must not count as ready.
function accepts(periodSeconds: number, failureThreshold: number): Probe {
  const command = ['pg_isready', '-q', '-h', '127.0.0.1', '-p', '5432', '-U', DATABASE_OWNER, '-d', DATABASE];
  return { exec: { command }, periodSeconds, timeoutSeconds: 5, failureThreshold };
}

// The image sets the password only when it makes the database. Doing it at every start, over the socket where the image trusts
// whoever is in the pod, lets the database follow its Secret: after a rotation, and when a volume comes back with other Secrets.
const SET_PASSWORD = `set -eu
pg_isready -q -h 127.0.0.1 -p 5432 -U "$POSTGRES_USER" -d "$POSTGRES_DB"
export PGPASSWORD="$POSTGRES_PASSWORD"
printf '%s\\n' '\\getenv word POSTGRES_PASSWORD' "ALTER ROLE CURRENT_USER PASSWORD :'word';" |
  psql -X -q -w -v ON_ERROR_STOP=1 -h /var/run/postgresql -U "$POSTGRES_USER" -d "$POSTGRES_DB"
`;

const setsPassword: Probe = {
  exec: { command: ['/bin/sh', '-c', SET_PASSWORD] },
  periodSeconds: 2,
  timeoutSeconds: 5,
  failureThreshold: 150,
};

/** PostgreSQL with TimescaleDB: one pod, one volume, one Service. */
export function planPostgres(tenant: LunaTenant, platform: Platform, facts: Pick<Facts, 'secrets'>): Planned[] {
  const { storage, resources: own } = tenant.spec.database;
  const limits = resources(own, { cpu: '100m', memory: '512Mi', limit: '2Gi' });
  const postgres = container({
    name: 'postgres',
    image: imagesOf(tenant, platform).timescaledb,
    platform,
    resources: limits,
    port: 5432,
    env: [
      ...plain({
        POSTGRES_USER: DATABASE_OWNER,
        POSTGRES_DB: DATABASE,
        PGDATA: '/var/lib/postgresql/data/pgdata',
        TIMESCALEDB_TELEMETRY: 'off',
        // Upstream's tuning otherwise sizes the database for the whole node.
        TS_TUNE_MEMORY: '1GB',
        TS_TUNE_NUM_CPUS: '2',
      }),
      fromSecret('POSTGRES_PASSWORD', 'postgres-owner', 'password'),
    ],
    mounts: { data: '/var/lib/postgresql/data', run: '/var/run/postgresql', tmp: '/tmp', shm: '/dev/shm' },
    probes: { startupProbe: setsPassword, livenessProbe: accepts(15, 4), readinessProbe: accepts(5, 2) },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, 'postgres'),
    ...usesSecrets(facts.secrets, ['postgres-owner']),
    serviceAccount: 'postgres',
    uid: 70,
    platform,
    tenant,
    containers: [postgres],
    volumes: [
      scratch('run', '16Mi'),
      scratch('tmp', '1Gi'),
      // Parallel queries need more shared memory than the 64 MiB that a container gets.
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } },
    ],
    graceSeconds: 60,
  });
  const claim = { name: 'data', size: storage.size, className: storage.className };
  return [
    service(tenant, 'postgres', 5432),
    { object: statefulSet({ tenant, component: 'postgres', template, claim }) },
  ];
}
