import { pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** The process' name, for example `tenant-api`. */
  readonly name: string;
  /** fatal, error, warn, info, debug, trace or silent. Default info. */
  readonly level?: string;
  /** Fields on every line, for example the tenant. */
  readonly base?: Readonly<Record<string, unknown>>;
  readonly destination?: DestinationStream;
}

const SECRET_FIELDS = [
  'password',
  'passwd',
  'pgpassword',
  'PGPASSWORD',
  'secret',
  'token',
  'key',
  'keys',
  'apiKey',
  'api_key',
  'api-key',
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'connectionString',
];

const DEPTHS = ['', '*.', '*.*.', '*.*.*.'];

function quote(field: string): string {
  return /^[A-Za-z_]\w*$/.test(field) ? field : `["${field}"]`;
}

/** Paths for pino's redaction: every secret field, at the top and up to three levels down. */
function redactPaths(): string[] {
  return DEPTHS.flatMap((depth) =>
    SECRET_FIELDS.map((field) => {
      const name = quote(field);
      return name.startsWith('[') ? `${depth.replace(/\.$/, '')}${name}` : `${depth}${name}`;
    }),
  );
}

/** JSON lines on stdout with ISO time, level as a word, errors with their causes, and secrets replaced by `[redacted]`. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    name: options.name,
    level: options.level ?? 'info',
    base: { ...options.base },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redactPaths(), censor: '[redacted]' },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** A logger that says nothing. */
export function createSilentLogger(): Logger {
  return pino({ level: 'silent' });
}
