import { Type, type Static } from 'typebox';

const image = (what: string): ReturnType<typeof Type.String> =>
  Type.String({ minLength: 1, description: `Image reference of ${what}` });

const pattern = Type.String({
  pattern: '^[^*\\s]*\\*?$',
  minLength: 1,
  description: 'A key, or the beginning of one before an asterisk',
});
const labels = Type.Record(Type.String(), Type.String());
const peer = (what: string): ReturnType<typeof peerSchema> => peerSchema(what);
// Two functions, because the result's type is named above.
function peerSchema(what: string) {
  return Type.Object(
    {
      namespaceLabels: Type.Optional(labels),
      podLabels: Type.Optional(labels),
    },
    { additionalProperties: false, description: what },
  );
}

/** The platform's settings: what every tenant shares. Comes from the chart's values. */
export const platformSchema = Type.Object(
  {
    version: Type.String({ minLength: 1, description: "Luna's version, shown in every tenant's status" }),
    images: Type.Object(
      {
        tenantApi: image('tenant-api'),
        tenantSim: image('tenant-sim'),
        timescaledb: image('TimescaleDB'),
        qdrant: image('Qdrant'),
        tika: image('Apache Tika'),
        ollama: image('Ollama'),
        objectStore: image('an S3 server with MinIO’s command line'),
        models: Type.Optional(
          Type.String({ description: 'Image that models are copied from (models.source.type: image)' }),
        ),
      },
      { additionalProperties: false },
    ),
    imagePullPolicy: Type.Union([Type.Literal('IfNotPresent'), Type.Literal('Always'), Type.Literal('Never')], {
      default: 'IfNotPresent',
    }),
    imagePullSecrets: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
    logLevel: Type.String({ default: 'info', description: 'Level of the tenants’ own workloads' }),
    network: Type.Object(
      {
        dns: peer('The cluster’s DNS pods'),
        monitoring: peer('The pods that scrape metrics'),
        ingressController: peer('The pods behind Ingresses'),
        gateway: Type.Optional(peer('The pods behind Gateways; those behind Ingresses when left out')),
      },
      { additionalProperties: false },
    ),
    scheduling: Type.Object(
      {
        nodeSelector: Type.Optional(labels),
        tolerations: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
        affinity: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        priorityClassName: Type.Optional(Type.String({ minLength: 1 })),
      },
      { additionalProperties: false, default: {}, description: 'Where tenants’ pods run that say nothing themselves' },
    ),
    inherit: Type.Object(
      {
        labels: Type.Array(pattern, {
          default: [],
          description: 'Labels of a LunaTenant that its objects and pods get',
        }),
        annotations: Type.Array(pattern, { default: [], description: 'The same for annotations' }),
      },
      { additionalProperties: false, default: {} },
    ),
    monitoring: Type.Object(
      {
        labels: Type.Record(Type.String(), Type.String(), {
          default: {},
          description: 'Further labels of the tenants’ ServiceMonitors, by which a Prometheus selects them',
        }),
        interval: Type.String({
          pattern: '^[0-9]+(ms|s|m|h)$',
          default: '30s',
          description: 'Time between two scrapes of a tenant',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    quota: Type.Record(Type.String(), Type.String(), {
      default: {},
      description: 'ResourceQuota of each tenant namespace',
    }),
    rollout: Type.Object(
      {
        maxConcurrent: Type.Integer({
          minimum: 0,
          default: 5,
          description: 'Tenants whose pods are updated at once after a change of the platform; 0 stops all updates',
        }),
        intervalSeconds: Type.Integer({
          minimum: 0,
          default: 0,
          description: 'Seconds between the beginnings of two tenants’ updates',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    controller: Type.Object(
      {
        concurrency: Type.Integer({ minimum: 1, maximum: 100, default: 4, description: 'Tenants reconciled at once' }),
        resyncSeconds: Type.Integer({
          minimum: 10,
          default: 600,
          description: 'Seconds between full passes over all tenants',
        }),
        logLevel: Type.String({ default: 'info', description: 'Level of the operator’s own log' }),
      },
      { additionalProperties: false, default: {} },
    ),
  },
  { additionalProperties: false },
);

export type Platform = Static<typeof platformSchema>;
export type PlatformPeer = Platform['network']['dns'];
