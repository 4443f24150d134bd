import { Agent, request } from 'undici';

/** The servers below the service that it makes HTTP calls to. */
export const parts = ['tika', 'ollama', 'qdrant'] as const;
export type Part = (typeof parts)[number];

/** A call that the service made, with every byte that it sent. */
export interface Call {
  readonly part: Part;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends recorded calls directly to the parts. */
export interface RawClient {
  /** Resolves when the whole answer has come. Throws `LUNA_BENCH_RAW` for any other than 2xx. */
  send(call: Call): Promise<void>;
  close(): Promise<void>;
}

/** Connections are kept open and used again, as the service does it. */
export function createRawClient(urls: Readonly<Record<Part, string>>): RawClient {
  const dispatcher = new Agent({ connections: 64, keepAliveTimeout: 60_000 });
  return {
    send: async ({ part, method, path, headers, body }) => {
      const answer = await request(urls[part] + path, { method, headers, body, dispatcher });
      const bytes = await answer.body.arrayBuffer();
      if (answer.statusCode < 200 || answer.statusCode > 299)
        throw new Error(`LUNA_BENCH_RAW: ${part} ${path}: ${answer.statusCode} ${Buffer.from(bytes).toString()}`);
    },
    close: () => dispatcher.close(),
  };
}

type Json = Record<string, unknown>;
const bodyOf = ({ body }: Call): Json => JSON.parse(body.toString()) as Json;

/** How many texts the call has embedded; 0 for a call of another kind. */
export function embeddedTexts(call: Call): number {
  if (call.part !== 'ollama' || call.path !== '/api/embed') return 0;
  const { input } = bodyOf(call);
  return Array.isArray(input) ? input.length : 0;
}

/** Where documents are written: the collection itself, while everything else goes through its alias. */
const ownCollection = /^\/collections\/chunks_\w+/u;
const alias = /^\/collections\/chunks(?=[/?]|$)/u;

/** What the service does to Qdrant before the first document: it makes the collection and its indexes. */
export function isPreparation({ part, method, path }: Call): boolean {
  return part === 'qdrant' && method === 'PUT' && ownCollection.test(path) && !path.includes('/points');
}

/**
 * Whether a call was made for a document that is ingested, and not by what runs beside: looks at the parts' health, and the tuner,
 * which embeds single questions and writes through the alias.
 */
export function isOfIngest(call: Call): boolean {
  if (call.part === 'tika') return call.path === '/rmeta/xml';
  if (call.part === 'ollama') return embeddedTexts(call) > 1;
  if (call.path.includes('/points/delete')) return 'filter' in bodyOf(call);
  return call.method === 'PUT' && ownCollection.test(call.path) && call.path.includes('/points');
}

/** Whether a call was made for a question that is asked. */
export function isOfAsk(call: Call): boolean {
  return embeddedTexts(call) > 0 || (call.part === 'qdrant' && call.path.includes('/points/query'));
}

/** The same call on another collection. */
export function onCollection(call: Call, collection: string): Call {
  const own = ownCollection.test(call.path) ? ownCollection : alias;
  return { ...call, path: call.path.replace(own, `/collections/${collection}`) };
}
