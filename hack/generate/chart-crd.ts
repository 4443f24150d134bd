/**
 * The chart's template of a CRD: the same bytes, behind the chart's switch, with the annotation that makes Helm keep it (and so
 * every customer) on `helm uninstall`.
 */
export function chartCrd(crdYaml: string): string {
  if (crdYaml.includes('{{')) throw new Error('LUNA_GENERATE: the CRD contains {{, which Helm would evaluate');
  const kept = crdYaml.replace(/^metadata:\n/m, 'metadata:\n  annotations:\n    helm.sh/resource-policy: keep\n');
  return `{{- /* Generated from crds/ by \`node hack/generate/cli.ts\`. Do not edit. */ -}}\n{{- if .Values.crds.enabled }}\n${kept}{{- end }}\n`;
}
