// Generated from the CRD by `node hack/generate/cli.ts`. Do not edit.
/**
 * What the tenant should be. Every field has a default: an empty spec is a complete tenant.
 */
export interface LunaTenantSpec {
  /**
   * The customer's name for people to read, for example "Stadtwerke Beispiel GmbH".
   */
  displayName?: string;
  /**
   * The namespace that holds everything of this tenant; luna-<name> when left out. Cannot be changed later.
   */
  namespace?: string;
  /**
   * PostgreSQL with TimescaleDB, which holds documents' texts, readings, prices and events.
   */
  database: {
    /**
     * Image of PostgreSQL with TimescaleDB; the platform's when left out.
     */
    image?: string;
    /**
     * How long readings are kept one by one. Quarter-hours, hours and days of them, and prices, are kept for ever.
     */
    retention?: {
      /**
       * Days that readings are kept; 0 for ever. When left out, what the tenant's database says, 400 unless changed there.
       */
      readingsDays?: number;
      /**
       * Days that the roll-up of readings by minutes is kept; 0 for ever. When left out, what the tenant's database says, 400 unless changed there.
       */
      minutesDays?: number;
    };
    /**
     * The volume of the database. It may grow, never shrink; its class cannot change.
     */
    storage: {
      /**
       * Size as a Kubernetes quantity, for example 10Gi.
       */
      size: string;
      /**
       * StorageClass of the volume; the cluster's default class when left out. Cannot be changed later.
       */
      className?: string;
    };
    /**
     * CPU and memory of the database; 100m and 512Mi requested, 2Gi memory at most, when left out.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
  };
  /**
   * Qdrant, which holds the documents' embeddings.
   */
  vectorStore: {
    /**
     * Time between two comparisons of the vector store with the database, in seconds; 600 when left out.
     */
    reconcileSeconds?: number;
    /**
     * Image of Qdrant; the platform's when left out.
     */
    image?: string;
    /**
     * The volume of the vector store. It may grow, never shrink; its class cannot change.
     */
    storage: {
      /**
       * Size as a Kubernetes quantity, for example 10Gi.
       */
      size: string;
      /**
       * StorageClass of the volume; the cluster's default class when left out. Cannot be changed later.
       */
      className?: string;
    };
    /**
     * CPU and memory of the vector store; 50m and 256Mi requested, 2Gi memory at most, when left out.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
  };
  /**
   * Apache Tika, which turns documents into text.
   */
  extraction: {
    /**
     * Languages of scanned documents as Tesseract names them, the most frequent first; deu and eng when left out. The image of Apache Tika must have their data.
     */
    ocrLanguages?: string[];
    /**
     * Time for reading one document, in seconds, once for its text and once for its pictures; 240 when left out. A document that takes longer is put aside.
     */
    timeoutSeconds?: number;
    /**
     * Image of Apache Tika; the platform's when left out.
     */
    image?: string;
    /**
     * CPU and memory of text extraction; 50m and 384Mi requested, 2Gi memory at most, when left out. Less than 2Gi lets large documents kill it.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
  };
  /**
   * Ollama and the models it serves. All of them stay loaded.
   */
  models: {
    /**
     * Where the model server's pods run. A field that is left out is as in spec.scheduling.
     */
    scheduling?: {
      /**
       * Labels that a node must have.
       */
      nodeSelector?: {
        [k: string]: string;
      };
      /**
       * Taints of nodes that the pods put up with.
       */
      tolerations?: {
        /**
         * The taint's key; every key when left out, with operator Exists.
         */
        key?: string;
        /**
         * Equal (the default) compares the value, Exists takes any.
         */
        operator?: 'Equal' | 'Exists';
        /**
         * The taint's value, for Equal.
         */
        value?: string;
        /**
         * The taint's effect; every effect when left out.
         */
        effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        /**
         * How long a pod may stay on a node with a NoExecute taint; for ever when left out.
         */
        tolerationSeconds?: number;
      }[];
      /**
       * Affinity as in a pod's spec (nodeAffinity, podAffinity, podAntiAffinity); it is checked when the pods' owners are written, and a mistake shows in the condition Degraded.
       */
      affinity?: {
        [k: string]: unknown;
      };
      /**
       * PriorityClass of the pods. It must exist.
       */
      priorityClassName?: string;
    };
    /**
     * Image of the model server (Ollama); the platform's when left out.
     */
    serverImage?: string;
    /**
     * The model that turns text into vectors. Changing it makes the tenant API index everything anew.
     */
    embedding: {
      /**
       * The model's name in Ollama, for example embeddinggemma or all-minilm.
       */
      name: string;
      /**
       * Length of the model's vectors, for example 768 for embeddinggemma and 384 for all-minilm.
       */
      dimensions: number;
    };
    /**
     * The model that words answers. Without it answers are extractive, that is sentences quoted from the documents.
     */
    chat?: {
      /**
       * The model's name in Ollama, for example qwen2.5:1.5b.
       */
      name: string;
    };
    /**
     * A chat model that reads the passages found for a question and says whether they answer it, so that fewer answers are in doubt and more questions without an answer are refused. It may be the one of spec.models.chat. It takes seconds a question where there is no graphics card; without it words and vectors judge.
     */
    reader?: {
      /**
       * The model's name in Ollama, for example qwen2.5:1.5b.
       */
      name: string;
    };
    /**
     * Where the models come from.
     */
    source: {
      /**
       * registry: pulled from Ollama's registry; the pod may reach the internet while it pulls, and only then. image: copied from a container image, for clusters without internet.
       */
      type: 'registry' | 'image';
      /**
       * The image to copy from, for source type image; the platform's model image when left out.
       */
      image?: string;
    };
    /**
     * The volume of the models. It may grow, never shrink; its class cannot change.
     */
    storage: {
      /**
       * Size as a Kubernetes quantity, for example 10Gi.
       */
      size: string;
      /**
       * StorageClass of the volume; the cluster's default class when left out. Cannot be changed later.
       */
      className?: string;
    };
    /**
     * CPU and memory of the model server; 100m and 512Mi requested, 8Gi memory at most, when left out. Set the limit above the models together.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
  };
  /**
   * The tenant's HTTP API.
   */
  api: {
    /**
     * Image of the tenant API, which also carries the schema migrations; the platform's when left out.
     */
    image?: string;
    /**
     * Number of API pods, 1 to 10. Use hibernate, not 0, to switch a tenant off.
     */
    replicas: number;
    /**
     * CPU and memory of each API pod; 50m and 192Mi requested, 1Gi memory at most, when left out.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
    /**
     * Makes the API reachable from outside the cluster. Left out, it is reachable only from inside, for network.apiClients.
     */
    ingress?: {
      /**
       * The host name, for example demo.luna.example.com.
       */
      host: string;
      /**
       * IngressClass; the cluster's default class when left out.
       */
      className?: string;
      /**
       * Name of a TLS Secret in the tenant's namespace. Without it the Ingress speaks plain HTTP.
       */
      tlsSecretName?: string;
      /**
       * Annotations of the Ingress, for its controller or for cert-manager.
       */
      annotations?: {
        [k: string]: string;
      };
    };
    /**
     * Makes the API reachable through a Gateway, where the cluster has the Gateway API. TLS is the Gateway's matter.
     */
    httpRoute?: {
      /**
       * The host names, for example demo.luna.example.com.
       */
      hostnames: string[];
      /**
       * The Gateways that the route hangs on. Each must admit routes from the tenant's namespace.
       */
      parentRefs: {
        /**
         * Name of the Gateway.
         */
        name: string;
        /**
         * Namespace of the Gateway; the tenant's own when left out.
         */
        namespace?: string;
        /**
         * Name of a listener of the Gateway; all of them when left out.
         */
        sectionName?: string;
        /**
         * Port of the listeners; all when left out.
         */
        port?: number;
      }[];
    };
  };
  /**
   * Where the original files of documents are kept. When left out, they lie in the database.
   */
  objectStore?: {
    /**
     * Keeps original files in an object store instead of the database, those that are there already too. Without s3 the tenant gets one of its own, which keeps its volume when this is switched off; the files in it cannot be read until it is switched on again. With s3 they can, for as long as s3 stays.
     */
    enabled: boolean;
    /**
     * Image of the object store, one that takes MinIO's command line and variables; the platform's when left out.
     */
    image?: string;
    /**
     * The volume of an object store of the tenant's own. It may grow, never shrink; its class cannot change.
     */
    storage: {
      /**
       * Size as a Kubernetes quantity, for example 10Gi.
       */
      size: string;
      /**
       * StorageClass of the volume; the cluster's default class when left out. Cannot be changed later.
       */
      className?: string;
    };
    /**
     * CPU and memory of the object store; 25m and 128Mi requested, 1Gi memory at most, when left out.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
    /**
     * A bucket outside the tenant that is used instead. Original files then leave the tenant's namespace.
     */
    s3?: {
      /**
       * Address of a server that speaks S3, for example https://s3.eu-central-1.amazonaws.com.
       */
      endpoint: string;
      /**
       * Name of the bucket. It must exist, without versioning, or deleted documents stay in it.
       */
      bucket: string;
      /**
       * The bucket's region, for which requests are signed.
       */
      region: string;
      /**
       * Name of a Secret in the tenant's namespace with the entries access-key and secret-key. Nothing copies it there.
       */
      secretName: string;
      /**
       * Address blocks of the endpoint, the only ones that the tenant API may reach for it, on the endpoint's port.
       */
      cidrs: string[];
    };
  };
  /**
   * Simulated smart meters and market prices, until live sources are attached.
   */
  simulation: {
    /**
     * CPU and memory of each simulator run; 25m and 96Mi requested, 512Mi memory at most, when left out.
     */
    resources?: {
      /**
       * What the scheduler sets aside, for example {cpu 100m, memory 512Mi}.
       */
      requests?: {
        [k: string]: number | string;
      };
      /**
       * What the pod may use at most, for example {memory 1Gi}.
       */
      limits?: {
        [k: string]: number | string;
      };
    };
    /**
     * Image of the simulators; the platform's when left out.
     */
    image?: string;
    /**
     * Whether the simulators run. POST /sim/stop pauses them without changing this field.
     */
    enabled: boolean;
    /**
     * How often the simulators catch up to now, in cron form and UTC. Each run fills the gap since the last row.
     */
    schedule: string;
    /**
     * The content of /config/sim.yml (meters, profiles, intervals, seed); the simulators' own defaults when left out.
     */
    config?: {
      [k: string]: unknown;
    };
    /**
     * Where files with real rows lie that the simulation goes on from. Each is mounted read-only as /seeds/<name>; config.seeds says which files to read there, and how.
     *
     * Items: A ConfigMap or a volume with files.
     */
    seeds?: {
      /**
       * Its files lie in /seeds/<name>.
       */
      name: string;
      /**
       * A ConfigMap that you put into the tenant's namespace; each of its keys is a file.
       */
      configMap?: {
        /**
         * Name of the ConfigMap.
         */
        name: string;
      };
      /**
       * A claim that you made in the tenant's namespace. Its files must be readable for user or group 65532, or for all.
       */
      persistentVolumeClaim?: {
        /**
         * Name of the claim.
         */
        claimName: string;
      };
    }[];
  };
  /**
   * The platform's side of the gate for learning aggregates.
   */
  privacy: {
    /**
     * Whether this tenant may export aggregates at all. The tenant's own switch, in its database, must be on as well.
     */
    allowAggregates: boolean;
  };
  /**
   * Who may reach the tenant. Everything that is not listed here or needed between its own parts is denied.
   */
  network: {
    /**
     * Peers that may reach the tenant API, as in a NetworkPolicy's `from`.
     *
     * Items: Pods by namespace and label, or an address block.
     */
    apiClients: {
      /**
       * Namespaces of the peers; the tenant namespace itself when left out.
       */
      namespaceSelector?: {
        /**
         * Labels that must all be there with these values.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Conditions on labels that must all hold.
         */
        matchExpressions?: {
          /**
           * The label's key.
           */
          key: string;
          /**
           * How the label relates to the values.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn.
           */
          values?: string[];
        }[];
      };
      /**
       * Pods of the peers; all of the namespaces when left out.
       */
      podSelector?: {
        /**
         * Labels that must all be there with these values.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Conditions on labels that must all hold.
         */
        matchExpressions?: {
          /**
           * The label's key.
           */
          key: string;
          /**
           * How the label relates to the values.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn.
           */
          values?: string[];
        }[];
      };
      /**
       * Addresses outside the cluster.
       */
      ipBlock?: {
        /**
         * Address block, for example 10.20.0.0/16.
         */
        cidr: string;
        /**
         * Blocks inside cidr that are not meant.
         */
        except?: string[];
      };
    }[];
  };
  /**
   * How the tenant's metrics reach Prometheus.
   */
  monitoring: {
    /**
     * auto: ServiceMonitors for the API and the vector store where the cluster has the Prometheus operator, also when it is installed later. enabled: the same, and the tenant counts as degraded while it is not installed. disabled: none.
     */
    serviceMonitor: 'auto' | 'enabled' | 'disabled';
  };
  /**
   * Where the tenant's pods run. A field that is left out is the platform's.
   */
  scheduling?: {
    /**
     * Labels that a node must have.
     */
    nodeSelector?: {
      [k: string]: string;
    };
    /**
     * Taints of nodes that the pods put up with.
     */
    tolerations?: {
      /**
       * The taint's key; every key when left out, with operator Exists.
       */
      key?: string;
      /**
       * Equal (the default) compares the value, Exists takes any.
       */
      operator?: 'Equal' | 'Exists';
      /**
       * The taint's value, for Equal.
       */
      value?: string;
      /**
       * The taint's effect; every effect when left out.
       */
      effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
      /**
       * How long a pod may stay on a node with a NoExecute taint; for ever when left out.
       */
      tolerationSeconds?: number;
    }[];
    /**
     * Affinity as in a pod's spec (nodeAffinity, podAffinity, podAntiAffinity); it is checked when the pods' owners are written, and a mistake shows in the condition Degraded.
     */
    affinity?: {
      [k: string]: unknown;
    };
    /**
     * PriorityClass of the pods. It must exist.
     */
    priorityClassName?: string;
  };
  /**
   * Names of Secrets in the tenant's namespace with which its images are pulled, beside the platform's. Nothing copies them there.
   */
  imagePullSecrets?: string[];
  /**
   * Scales the tenant to zero and keeps every volume and Secret. Setting it back wakes the tenant.
   */
  hibernate: boolean;
  /**
   * The operator leaves the tenant alone, deletion included, until this is false again.
   */
  paused: boolean;
  /**
   * What deleting the LunaTenant does. Retain removes the workloads and keeps the namespace with its volumes and Secrets, to be taken up again by a LunaTenant of the same name. Delete removes the namespace with all data.
   */
  deletionPolicy: 'Retain' | 'Delete';
  /**
   * While true, deleting the LunaTenant has no effect until this is set to false.
   */
  deletionProtection: boolean;
}

/**
 * What the operator observed. It is written as one, by the operator alone.
 */
export interface LunaTenantStatus {
  /**
   * The spec's generation that this status describes.
   */
  observedGeneration?: number;
  /**
   * Where the tenant is in its life, in one word.
   */
  phase?: 'Pending' | 'Provisioning' | 'Ready' | 'Degraded' | 'Hibernated' | 'Paused' | 'Deleting' | 'Blocked';
  /**
   * The namespace that holds the tenant's objects.
   */
  namespace?: string;
  /**
   * Version of the database schema that the last successful schema Job reported.
   */
  schemaVersion?: number;
  /**
   * Where the tenant answers.
   */
  endpoints?: {
    /**
     * The API inside the cluster.
     */
    api?: string;
    /**
     * The API through the Ingress or the Gateway, when there is one.
     */
    external?: string;
  };
  /**
   * What the platform last made of the tenant's pods, as a hash. It differs from another tenant's while an update is rolled out.
   */
  platformRevision?: string;
  /**
   * Where the tenant stands in the rollout of an update; missing when it is up to date.
   */
  rollout?: 'Waiting' | 'Rolling';
  /**
   * The value of the annotation luna-iems.io/rotate-secrets whose rotation is complete, with every part on the new Secrets.
   */
  secretRotation?: string;
  /**
   * What runs; luna is Luna's version, the rest are image references.
   */
  versions?: {
    [k: string]: string;
  };
  /**
   * The state of each part, with the reason and what to do.
   */
  conditions?: {
    /**
     * Which part, for example DatabaseReady.
     */
    type: string;
    /**
     * Whether the condition holds.
     */
    status: 'True' | 'False' | 'Unknown';
    /**
     * The cause in one word.
     */
    reason: string;
    /**
     * The cause in a sentence, and what to do.
     */
    message: string;
    /**
     * The spec's generation that this condition describes.
     */
    observedGeneration?: number;
    /**
     * When the status last changed.
     */
    lastTransitionTime: string;
  }[];
}
