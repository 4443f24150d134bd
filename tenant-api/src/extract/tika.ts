import { Readable } from 'node:stream';
import { HttpError, LunaError, type HttpClient } from '@luna-iems/service-kit';
import type { ExtractedDocument } from './blocks.ts';
import type { MediaType } from './media-type.ts';
import { xhtmlBlocks } from './xhtml-blocks.ts';
import { oneLine } from '../text/clean.ts';

/** Text extraction by Apache Tika. */
export interface Tika {
  /** The server's version line; throws when it does not answer. */
  version(signal?: AbortSignal): Promise<string>;
  /**
   * Headings, paragraphs, lists, tables and pages of a file.
   * Throws `LUNA_DOCUMENT_ENCRYPTED` and `LUNA_DOCUMENT_UNREADABLE` (both final), or an HttpError when Tika is away or too slow.
   */
  extract(
    bytes: () => AsyncIterable<Uint8Array>,
    mediaType: MediaType,
    signal?: AbortSignal,
  ): Promise<ExtractedDocument>;
}

/** Time for one file; the server's own limit is 300 s. */
const EXTRACT_TIMEOUT_MS = 240_000;
const encryption = /EncryptedDocument|InvalidPassword|password/iu;

type Metadata = Record<string, string | string[] | undefined>;

function field(metadata: Metadata, name: string): string | undefined {
  const value = metadata[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || oneLine(text) === '' ? undefined : oneLine(text);
}

function refusal(reason: string, cause?: unknown): LunaError {
  if (encryption.test(reason)) {
    return new LunaError(
      'LUNA_DOCUMENT_ENCRYPTED',
      'The document is protected by a password. Remove the protection and upload it again.',
      {
        status: 422,
        cause: cause ?? reason,
      },
    );
  }
  return new LunaError(
    'LUNA_DOCUMENT_UNREADABLE',
    'The document is damaged or not what it claims to be; no text could be read from it.',
    {
      status: 422,
      cause: cause ?? reason,
    },
  );
}

async function askTika(
  http: HttpClient,
  bytes: () => AsyncIterable<Uint8Array>,
  mediaType: MediaType,
  signal?: AbortSignal,
): Promise<Metadata> {
  try {
    const answer = await http.json<Metadata[]>({
      method: 'PUT',
      path: '/rmeta/xml',
      headers: {
        'content-type': mediaType,
        'x-tika-timeout-millis': String(EXTRACT_TIMEOUT_MS - 5_000),
        'x-tika-pdfocrstrategy': 'no_ocr',
      },
      body: () => Readable.from(bytes()),
      timeoutMs: EXTRACT_TIMEOUT_MS,
      retries: 1,
      signal,
    });
    return answer?.[0] ?? {};
  } catch (error) {
    if (error instanceof HttpError && error.upstreamStatus === 422) throw refusal(error.responseText ?? '', error);
    if (error instanceof HttpError && error.code === 'LUNA_HTTP_TOO_LARGE') {
      throw new LunaError('LUNA_DOCUMENT_TOO_LARGE', 'The document unpacks to more text than Luna takes.', {
        status: 422,
        cause: error,
      });
    }
    throw error;
  }
}

/** Tika over HTTP. `http` carries the base address. */
export function createTika(http: HttpClient): Tika {
  return {
    version: (signal) => http.text({ path: '/version', signal, timeoutMs: 5_000, retries: 0 }),
    extract: async (bytes, mediaType, signal) => {
      const metadata = await askTika(http, bytes, mediaType, signal);
      const failure =
        field(metadata, 'X-TIKA:EXCEPTION:container_exception') ?? field(metadata, 'X-TIKA:EXCEPTION:runtime');
      if (failure !== undefined) throw refusal(failure);
      const content = metadata['X-TIKA:content'];
      const title = field(metadata, 'dc:title');
      const languageTag = field(metadata, 'dc:language') ?? field(metadata, 'Content-Language');
      return {
        blocks: xhtmlBlocks((Array.isArray(content) ? content[0] : content) ?? ''),
        ...(title === undefined ? {} : { title }),
        ...(languageTag === undefined ? {} : { languageTag }),
      };
    },
  };
}
