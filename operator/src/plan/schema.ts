import { contentHash } from '@luna-iems/kube-runtime';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { imagesOf } from './images.ts';
import { labelsOf, metaOf, type Planned } from './meta.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch } from './pod.ts';
import { DATABASE, DATABASE_OWNER } from './database.ts';
import { usesSecrets } from './secrets.ts';

/**
 * The Job that brings the database to the schema of the tenant-api image, gives its roles their passwords and tells it how long to keep
 * readings. Another image, setting or password is another Job.
 */
export function planSchema(tenant: LunaTenant, platform: Platform, facts: Pick<Facts, 'secrets'>): Planned {
  const migrate = container({
    name: 'schema',
    image: imagesOf(tenant, platform).tenantApi,
    platform,
    command: ['node', '/app/migrate.js'],
    resources: resources(undefined, { cpu: '25m', memory: '96Mi', limit: '512Mi' }),
    env: [
      ...plain({
        DATABASE_URL: `postgres://${DATABASE_OWNER}@postgres:5432/${DATABASE}`,
        LOG_LEVEL: platform.logLevel,
        ...retentionOf(tenant),
      }),
      fromSecret('PGPASSWORD', 'postgres-owner', 'password'),
      fromSecret('LUNA_API_PASSWORD', 'postgres-api', 'password'),
      fromSecret('LUNA_SIM_PASSWORD', 'postgres-sim', 'password'),
      fromSecret('LUNA_ADMIN_PASSWORD', 'postgres-admin', 'password'),
    ],
    mounts: { tmp: '/tmp' },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, 'schema'),
    ...usesSecrets(facts.secrets, ['postgres-owner', 'postgres-api', 'postgres-sim', 'postgres-admin']),
    serviceAccount: 'schema',
    uid: 65532,
    platform,
    tenant,
    containers: [migrate],
    volumes: [scratch('tmp', '64Mi')],
    restartPolicy: 'Never',
  });
  const spec = { backoffLimit: 4, activeDeadlineSeconds: 3600, template };
  const name = `schema-${contentHash(spec).slice(0, 10)}`;
  return {
    object: { apiVersion: 'batch/v1', kind: 'Job', metadata: metaOf(tenant, 'schema', name), spec },
    after: ['database'],
  };
}

/** What the tenant does not say is left as the database has it. */
function retentionOf(tenant: LunaTenant): Record<string, string> {
  const { readingsDays, minutesDays } = tenant.spec.database.retention ?? {};
  return {
    ...(readingsDays === undefined ? {} : { RETENTION_READINGS_DAYS: String(readingsDays) }),
    ...(minutesDays === undefined ? {} : { RETENTION_MINUTES_DAYS: String(minutesDays) }),
  };
}
