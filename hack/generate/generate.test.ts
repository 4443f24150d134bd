import { describe, expect, it } from 'vitest';
import { chartCrd } from './chart-crd.ts';
import { stale } from './outputs.ts';
import { typesFromCrd } from './types-from-crd.ts';

const crd = (field: string): string => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.io
spec:
  names: { kind: Thing }
  versions:
    - name: v1
      storage: true
      schema: { openAPIV3Schema: { properties: { spec: { type: object, properties: { ${field} } }, status: { type: object } } } }
`;

describe('generated files', () => {
  it('are committed as they are generated', async () => {
    expect(await stale()).toEqual([]);
  });

  it('give a field with a default as always there, and one without as optional', async () => {
    expect(await typesFromCrd(crd('size: { type: string, default: 1Gi }'))).toMatch(/\bsize: string/);
    expect(await typesFromCrd(crd('size: { type: string }'))).toMatch(/\bsize\?: string/);
  });

  it("make Helm keep the chart's CRD, and refuse one that Helm would evaluate", () => {
    expect(chartCrd(crd('a: { type: string }'))).toMatch(
      /metadata:\n {2}annotations:\n {4}helm.sh\/resource-policy: keep\n {2}name/,
    );
    expect(() => chartCrd(crd("a: { description: '{{ .Values }}' }"))).toThrow('LUNA_GENERATE');
  });
});
