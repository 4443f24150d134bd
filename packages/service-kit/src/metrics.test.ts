import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('HTTP durations land in the histogram under route, method and status, with the common labels', async () => {
  const metrics = createMetrics({ labels: { tenant: 'acme' }, defaults: false });
  metrics.observeHttp({ method: 'POST', route: '/rag/ask', status: 200, seconds: 0.3 });
  metrics.observeHttp({ method: 'POST', route: '/rag/ask', status: 200, seconds: 3 });
  const text = await metrics.text();
  const labels = 'tenant="acme",method="POST",route="/rag/ask",status="200"';
  expect(text).toContain(`luna_http_request_duration_seconds_count{${labels}} 2`);
  expect(text).toContain(`luna_http_request_duration_seconds_bucket{le="0.5",${labels}} 1`);
  expect(metrics.contentType).toContain('text/plain');
});

test('two registries in one process know nothing of each other', async () => {
  const first = createMetrics({ defaults: false });
  const second = createMetrics({ defaults: false });
  first.counter({ name: 'luna_things_total', help: 'Things' }).inc(2);
  second.counter({ name: 'luna_things_total', help: 'Things' }).inc(5);
  expect(await first.text()).toContain('luna_things_total 2');
  expect(await second.text()).toContain('luna_things_total 5');
});

test("Node's own metrics are there unless switched off", async () => {
  expect(await createMetrics().text()).toContain('nodejs_eventloop_lag_seconds');
  expect(await createMetrics({ defaults: false }).text()).not.toContain('nodejs_eventloop_lag_seconds');
});
