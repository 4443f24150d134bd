import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { CounterConfiguration, GaugeConfiguration, HistogramConfiguration } from 'prom-client';

export interface HttpObservation {
  readonly method: string;
  /** The route's pattern (`/items/:id`), never the raw path: labels must stay few. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** prom-client behind one door, so that another library is a change of one file. */
export interface Metrics {
  readonly registry: Registry;
  readonly contentType: string;
  /** The exposition text for `/metrics`. */
  text(): Promise<string>;
  observeHttp(observation: HttpObservation): void;
  counter<L extends string>(config: Omit<CounterConfiguration<L>, 'registers'>): Counter<L>;
  gauge<L extends string>(config: Omit<GaugeConfiguration<L>, 'registers'>): Gauge<L>;
  histogram<L extends string>(config: Omit<HistogramConfiguration<L>, 'registers'>): Histogram<L>;
}

export interface MetricsOptions {
  /** Labels on every series, for example `{tenant}`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Node's own metrics (event loop, heap, GC). Default true. */
  readonly defaults?: boolean;
}

const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** An own registry (never prom-client's global one) with Node's metrics and `luna_http_request_duration_seconds`. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ ...options.labels });
  if (options.defaults ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const http = new Histogram({
    name: 'luna_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer, in seconds',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_BUCKETS,
    registers,
  });
  return {
    registry,
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observeHttp: ({ method, route, status, seconds }) => {
      http.observe({ method, route, status: String(status) }, seconds);
    },
    counter: (config) => new Counter({ ...config, registers }),
    gauge: (config) => new Gauge({ ...config, registers }),
    histogram: (config) => new Histogram({ ...config, registers }),
  };
}
