import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject } from 'ajv';
import addFormatsModule from 'ajv-formats';
import type { Static, TSchema } from 'typebox';
import { parseDocument } from 'yaml';
import { LunaError } from './errors.ts';

// ajv-formats is CommonJS: under Node the callable is the default export's own `default`.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

export interface LoadOptions {
  /** How the source is named in the error, for example `/config/sim.yml`. Default `environment`. */
  readonly name?: string;
}

/**
 * Reads typed settings from environment variables. Empty means unset; numbers and booleans are converted; defaults of the
 * schema are filled in; variables that the schema does not name are ignored.
 * Throws `LUNA_CONFIG` with one line per wrong variable, each with the schema's `description` as the hint.
 */
export function loadEnv<T extends TSchema>(
  schema: T,
  env: Readonly<Record<string, string | undefined>>,
  options: LoadOptions = {},
): Static<T> {
  const known = Object.keys(propertiesOf(schema));
  const values = known.flatMap((key) => (env[key] === undefined || env[key] === '' ? [] : [[key, env[key]] as const]));
  return validate(schema, Object.fromEntries(values), { name: options.name ?? 'environment', coerce: true });
}

/** Checks parsed data (a YAML or JSON document) against a schema: unknown fields are errors where the schema says so, defaults are filled in. */
export function validateConfig<T extends TSchema>(schema: T, data: unknown, options: LoadOptions = {}): Static<T> {
  return validate(schema, structuredClone(data), { name: options.name ?? 'configuration', coerce: false });
}

/** Parses and checks a YAML text. Throws `LUNA_CONFIG` with line numbers for broken YAML and paths for wrong values. */
export function parseYamlConfig<T extends TSchema>(schema: T, text: string, options: LoadOptions = {}): Static<T> {
  const name = options.name ?? 'configuration';
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw configError(
      name,
      document.errors.map((error) => error.message.trim()),
    );
  return validateConfig(schema, document.toJS() ?? {}, { name });
}

/** Reads, parses and checks a YAML file. Throws `LUNA_CONFIG`, also when the file cannot be read. */
export async function loadYamlFile<T extends TSchema>(schema: T, path: string): Promise<Static<T>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new LunaError('LUNA_CONFIG', `${path} cannot be read: is it mounted, and is the path right?`, {
      cause: error,
    });
  }
  return parseYamlConfig(schema, text, { name: path });
}

/** `a, b,c` as `['a','b','c']`; empty or undefined as `[]`. */
export function splitList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

interface ValidateOptions {
  readonly name: string;
  readonly coerce: boolean;
}

function validate<T extends TSchema>(schema: T, data: unknown, options: ValidateOptions): Static<T> {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, coerceTypes: options.coerce, strict: true, verbose: true });
  addFormats(ajv);
  const check = ajv.compile<Static<T>>(schema);
  if (check(data)) return data;
  throw configError(options.name, withoutParts(check.errors ?? []).map(sentence));
}

function configError(name: string, problems: readonly string[]): LunaError {
  const unique = [...new Set(problems)];
  const lines = unique.map((line) => `  - ${line}`).join('\n');
  return new LunaError('LUNA_CONFIG', `${name}: ${unique.length} wrong value(s)\n${lines}`, {
    details: { problems: unique },
  });
}

function propertiesOf(schema: TSchema): Record<string, { description?: string }> {
  return (schema as { properties?: Record<string, { description?: string }> }).properties ?? {};
}

/** A value that fits no member of a union is reported once, for the union as a whole. */
function withoutParts(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors
    .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    .map((error) => error.schemaPath);
  return errors.filter(({ schemaPath }) => !unions.some((union) => schemaPath.startsWith(`${union}/`)));
}

function sentence(error: ErrorObject): string {
  const { params, keyword } = error;
  const here = pathOf(error.instancePath);
  if (keyword === 'required') {
    const missing = String(params['missingProperty']);
    return withHint(
      `${join(here, missing)} is missing`,
      propertiesOf(error.parentSchema as TSchema)[missing]?.description,
    );
  }
  if (keyword === 'additionalProperties') return unknownField(here, error);
  return withHint(`${here || 'the document'} ${wrongValue(error)}`, descriptionOf(error));
}

function wrongValue(error: ErrorObject): string {
  const allowed = allowedValues(error);
  const expectation = allowed === undefined ? error.message : `must be one of ${allowed.join(', ')}`;
  return `${expectation ?? 'is wrong'} (it is ${show(error)})`;
}

/** The words of an enum or of a union of constants. */
function allowedValues(error: ErrorObject): unknown[] | undefined {
  const { allowedValues: listed } = error.params as { allowedValues?: unknown[] };
  if (listed !== undefined) return listed;
  if (error.keyword !== 'anyOf' || !Array.isArray(error.schema)) return undefined;
  const members = error.schema as { const?: unknown }[];
  return members.every((member) => 'const' in member) ? members.map((member) => member.const) : undefined;
}

function unknownField(here: string, error: ErrorObject): string {
  const name = String(error.params['additionalProperty']);
  const known = Object.keys(propertiesOf(error.parentSchema as TSchema)).join(', ');
  return `${join(here, name)} is not known; known here: ${known}`;
}

function show(error: ErrorObject): string {
  if (/password|secret|token|key/i.test(error.instancePath)) return 'not shown';
  const text = JSON.stringify(error.data) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function descriptionOf(error: ErrorObject): string | undefined {
  return (error.parentSchema as { description?: string } | undefined)?.description;
}

function withHint(text: string, hint: string | undefined): string {
  return hint === undefined ? text : `${text}. ${hint}`;
}

function pathOf(instancePath: string): string {
  return instancePath.split('/').slice(1).reduce(join, '');
}

function join(path: string, field: string): string {
  if (/^\d+$/.test(field)) return `${path}[${field}]`;
  return path === '' ? field : `${path}.${field}`;
}
