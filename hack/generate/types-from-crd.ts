import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  default?: unknown;
  additionalProperties?: boolean | Schema;
  [keyword: string]: unknown;
}

interface Definition {
  spec: {
    names: { kind: string };
    versions: { name: string; storage: boolean; schema: { openAPIV3Schema: Schema } }[];
  };
}

const PRESERVE = 'x-kubernetes-preserve-unknown-fields';

/**
 * TypeScript of a CustomResourceDefinition's spec and status, as objects come back from the API server: a field with a default
 * is never missing, and nothing is there that the schema does not name.
 */
export async function typesFromCrd(crdYaml: string): Promise<string> {
  const { spec } = parse(crdYaml) as Definition;
  const version = spec.versions.find((candidate) => candidate.storage);
  if (version === undefined) throw new Error('LUNA_GENERATE: the CRD has no storage version');
  const { kind } = spec.names;
  const parts = ['spec', 'status'].map((part) => {
    const schema = asServed(version.schema.openAPIV3Schema.properties?.[part] ?? {});
    const name = `${kind}${part.charAt(0).toUpperCase()}${part.slice(1)}`;
    return compile({ ...schema, title: name } as JSONSchema, name, {
      bannerComment: '',
      format: true,
      style: { singleQuote: true, printWidth: 120 },
    });
  });
  const banner = `// Generated from the CRD by \`node hack/generate/cli.ts\`. Do not edit.\n`;
  return banner + (await Promise.all(parts)).join('\n');
}

function asServed(schema: Schema): Schema {
  const out: Schema = { ...schema };
  delete out.default;
  if (schema.items !== undefined) {
    out.items = asServed(schema.items);
    // A tuple type for every possible length helps nobody.
    delete out['maxItems'];
    delete out['minItems'];
  }
  if (typeof schema.additionalProperties === 'object') out.additionalProperties = asServed(schema.additionalProperties);
  if (schema.properties !== undefined) return { ...out, ...servedProperties(schema.properties, schema.required ?? []) };
  if (schema[PRESERVE] === true) out.additionalProperties = true;
  return out;
}

function servedProperties(properties: Record<string, Schema>, required: readonly string[]): Schema {
  const defaulted = Object.keys(properties).filter((name) => properties[name]?.default !== undefined);
  return {
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, asServed(schema)])),
    required: [...new Set([...required, ...defaulted])],
    additionalProperties: false,
  };
}
