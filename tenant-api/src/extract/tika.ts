import { Readable } from 'node:stream';
import { HttpError, LunaError, type HttpClient } from '@luna-iems/service-kit';
import { oneLine } from '../text/clean.ts';
import { hasNoText, type Block, type ExtractedDocument } from './blocks.ts';
import type { MediaType } from './media-type.ts';
import { failedExtraction, refusal, saidNothing } from './tika-errors.ts';
import { xhtmlBlocks } from './xhtml-blocks.ts';

/** Text extraction by Apache Tika. */
export interface Tika {
  /** The server's version line; throws when it does not answer. */
  version(signal?: AbortSignal): Promise<string>;
  /**
   * Headings, paragraphs, lists, tables and pages of a file; where it has pictures instead of text, what can be recognised in them.
   * Throws `LUNA_DOCUMENT_ENCRYPTED`, `LUNA_DOCUMENT_UNREADABLE`, `LUNA_DOCUMENT_TOO_LARGE` (all final), `LUNA_EXTRACTION_FAILED`
   * when Tika broke down or took too long over it, or an HttpError when Tika is away.
   */
  extract(
    bytes: () => AsyncIterable<Uint8Array>,
    mediaType: MediaType,
    options?: ExtractOptions,
  ): Promise<ExtractedDocument>;
}

export interface ExtractOptions {
  signal?: AbortSignal;
  /** Nobody else is being read and there will be no other try: pages with text are worth having without those that break the reader. */
  lastTry?: boolean;
}

export interface TikaOptions {
  /** Tesseract's names of the languages, joined by `+`. Default `deu+eng`. */
  ocrLanguages?: string;
  /** Time for one reading of one file, in ms. Default 240000; the server's own limit is 300 s. */
  timeoutMs?: number;
}

interface Deps {
  http: HttpClient;
  ocrLanguages: string;
  timeoutMs: number;
}

interface File {
  bytes: () => AsyncIterable<Uint8Array>;
  mediaType: MediaType;
  signal: AbortSignal | undefined;
  lastTry: boolean;
}

/** The server refuses to be told less. */
const SERVER_MINIMUM_MS = 30_000;

type Metadata = Record<string, string | string[] | undefined>;

/** A page with fewer characters than this has no text layer worth the name (Tika's own limit). */
const PAGE_CHARACTERS = 10;

function list(metadata: Metadata, name: string): string[] {
  const value = metadata[name];
  return value === undefined ? [] : [value].flat();
}

function field(metadata: Metadata, name: string): string | undefined {
  const text = oneLine(list(metadata, name)[0] ?? '');
  return text === '' ? undefined : text;
}

const withoutOcr = { 'x-tika-pdfocrstrategy': 'no_ocr', 'x-tika-ocrskipocr': 'true' };

/** hOCR keeps the pages of a picture apart and says how sure each word is. */
const withOcr = ({ ocrLanguages }: Deps): Record<string, string> => ({
  'x-tika-pdfocrstrategy': 'auto',
  'x-tika-ocrlanguage': ocrLanguages,
  'x-tika-ocroutputtype': 'hocr',
});

/** The file's metadata and content, then those of the files in it. */
async function ask(deps: Deps, file: File, ocr: Record<string, string>): Promise<Metadata[]> {
  const asked = Math.max(SERVER_MINIMUM_MS, deps.timeoutMs - 5_000);
  try {
    const answer = await deps.http.json<Metadata[] | undefined>({
      method: 'PUT',
      path: '/rmeta/xml',
      headers: {
        'content-type': file.mediaType,
        'x-tika-timeout-millis': String(asked),
        ...ocr,
      },
      body: () => Readable.from(file.bytes()),
      timeoutMs: deps.timeoutMs,
      // A file that breaks Tika breaks it again: whoever asks decides whether that is worth another try.
      retries: 0,
      signal: file.signal,
    });
    if (answer?.[0] !== undefined) return answer;
  } catch (error) {
    if (error instanceof HttpError && error.upstreamStatus === 422) throw refusal(error.responseText ?? '', error);
    throw failedExtraction(error);
  }
  throw saidNothing(asked);
}

/** Tika writes the file name of each picture in an Office document as a heading; nobody wrote that in the document. */
const packageEntry = /<div class="package-entry"><h1>[^<]*<\/h1>/gu;

function blocksOf(metadata: Metadata): Block[] {
  return xhtmlBlocks((list(metadata, 'X-TIKA:content')[0] ?? '').replace(packageEntry, '<div>'));
}

/** Why Tika could not read the file to its end, if it could not. */
function failureIn(metadata: Metadata): string | undefined {
  return field(metadata, 'X-TIKA:EXCEPTION:container_exception') ?? field(metadata, 'X-TIKA:EXCEPTION:runtime');
}

function read(answer: readonly Metadata[]): ExtractedDocument {
  const metadata = answer[0] ?? {};
  const failure = failureIn(metadata);
  if (failure !== undefined) throw refusal(failure);
  const title = field(metadata, 'dc:title');
  const languageTag = field(metadata, 'dc:language') ?? field(metadata, 'Content-Language');
  return {
    blocks: blocksOf(metadata),
    ...(title === undefined ? {} : { title }),
    ...(languageTag === undefined ? {} : { languageTag }),
  };
}

/** Numbers of the pages that are pictures only, counted from 1. */
export function pagesWithoutText(metadata: Readonly<Metadata>): number[] {
  const characters = list(metadata, 'pdf:charsPerPage');
  return characters.flatMap((count, index) => (Number(count) < PAGE_CHARACTERS ? [index + 1] : []));
}

function pageList(pages: readonly number[]): string {
  const shown = pages.slice(0, 10).join(', ');
  return pages.length > 10 ? `${shown} and ${pages.length - 10} more` : shown;
}

/**
 * Tika 3.2.2 breaks off over every XFA form ("Unrecognized property accessExternalDTD"), harmless or not; the pages can be read without
 * it.
 */
async function askPdf(deps: Deps, file: File, ocr: Record<string, string>): Promise<Metadata[]> {
  const answer = await ask(deps, file, ocr);
  const metadata = answer[0] ?? {};
  if (failureIn(metadata) === undefined || field(metadata, 'pdf:hasXFA') !== 'true') return answer;
  return ask(deps, file, { ...ocr, 'x-tika-pdfextractacroformcontent': 'false' });
}

/** Whether recognition failed for good. A reader that broke down may have been killed over another file, or by its node. */
function isForGood(error: unknown, lastTry: boolean): boolean {
  if (!(error instanceof LunaError)) return false;
  if (error.code === 'LUNA_EXTRACTION_FAILED') return lastTry;
  return error.code === 'LUNA_DOCUMENT_UNREADABLE' || error.code === 'LUNA_DOCUMENT_TOO_LARGE';
}

/** First the text layer, which costs little; then, if pages lack one, the whole file with recognition of those pages. */
async function extractPdf(deps: Deps, file: File): Promise<ExtractedDocument> {
  const answer = await askPdf(deps, file, withoutOcr);
  const plain = read(answer);
  const pages = pagesWithoutText(answer[0] ?? {});
  if (pages.length === 0 && !hasNoText(plain.blocks)) return plain;
  try {
    return { ...plain, blocks: read(await askPdf(deps, file, withOcr(deps))).blocks };
  } catch (error) {
    file.signal?.throwIfAborted();
    // Pages with text are worth having without the others, if that is said.
    if (!isForGood(error, file.lastTry) || hasNoText(plain.blocks)) throw error;
    const warning = `Pages ${pageList(pages)} hold pictures only, and no text could be recognised in them.`;
    return { ...plain, warnings: [warning] };
  }
}

function withoutPage({ page: _page, ...block }: Block): Block {
  return block;
}

/** A text document; one that only holds pictures (a scan pasted into a DOCX) is read from those. */
async function extractText(deps: Deps, file: File): Promise<ExtractedDocument> {
  const plain = read(await ask(deps, file, withoutOcr));
  if (!hasNoText(plain.blocks) || file.mediaType === 'text/html') return plain;
  const [, ...embedded] = await ask(deps, file, withOcr(deps));
  // The pages of a picture are not those of the document.
  return { ...plain, blocks: embedded.flatMap(blocksOf).map(withoutPage) };
}

/** Tika over HTTP. `http` carries the base address. */
export function createTika(http: HttpClient, options: TikaOptions = {}): Tika {
  const deps: Deps = {
    http,
    ocrLanguages: options.ocrLanguages ?? 'deu+eng',
    timeoutMs: options.timeoutMs ?? 240_000,
  };
  return {
    version: (signal) => http.text({ path: '/version', signal, timeoutMs: 5_000, retries: 0 }),
    extract: async (bytes, mediaType, { signal, lastTry = false } = {}) => {
      const file: File = { bytes, mediaType, signal, lastTry };
      if (mediaType === 'application/pdf') return extractPdf(deps, file);
      if (mediaType.startsWith('image/')) return read(await ask(deps, file, withOcr(deps)));
      return extractText(deps, file);
    },
  };
}
