import { expect, it } from 'vitest';
import { chartValues } from './values.ts';

it('names the images that were built and leaves the chart its pins for the others', () => {
  const built = [
    { name: 'operator', ref: 'localhost/luna/operator:1' },
    { name: 'tenant-api', ref: 'localhost/luna/tenant-api:2' },
    { name: 'busybox', ref: 'localhost/luna/busybox:3' },
  ];
  expect(chartValues(built)).toEqual({
    images: { operator: 'localhost/luna/operator:1', tenantApi: 'localhost/luna/tenant-api:2' },
  });
});
