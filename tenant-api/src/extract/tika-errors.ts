import { HttpError, LunaError, isRetryableHttpError } from '@luna-iems/service-kit';

const encryption = /EncryptedDocument|InvalidPassword|password/iu;

/** What Tika says of a file that it cannot read, as an error that is final. */
export function refusal(reason: string, cause: unknown = reason): LunaError {
  if (encryption.test(reason)) {
    return new LunaError(
      'LUNA_DOCUMENT_ENCRYPTED',
      'The document is protected by a password. Remove the protection and upload it again.',
      { status: 422, cause },
    );
  }
  return new LunaError(
    'LUNA_DOCUMENT_UNREADABLE',
    'The document is damaged or not what it claims to be; no text could be read from it.',
    { status: 422, cause },
  );
}

/** True where the file was never looked at: nobody answered, or the server was just starting again. */
function neverLookedAt(error: HttpError): boolean {
  return error.upstreamStatus === 503 || (error.upstreamStatus === undefined && isRetryableHttpError(error, false));
}

/**
 * A reading that broke off. `LUNA_EXTRACTION_FAILED` says that Tika took the file and did not survive it, or ended its reader because
 * it took too long, which looks the same from here; it may still be another file's fault. What is not about the file passes unchanged.
 */
export function failedExtraction(error: unknown): unknown {
  if (!(error instanceof HttpError) || error.code === 'LUNA_HTTP_ABORTED' || neverLookedAt(error)) return error;
  if (error.code === 'LUNA_HTTP_TOO_LARGE') {
    return new LunaError('LUNA_DOCUMENT_TOO_LARGE', 'The document unpacks to more text than Luna takes.', {
      status: 422,
      cause: error,
    });
  }
  return new LunaError('LUNA_EXTRACTION_FAILED', 'Text extraction broke down over the document or took too long.', {
    status: 502,
    cause: error,
  });
}

/** Not even the file's metadata came: so Tika answers, with status 200, a request for more time than its own `taskTimeoutMillis`. */
export function saidNothing(askedMs: number): LunaError {
  return new LunaError(
    'LUNA_EXTRACTION_FAILED',
    `Text extraction said nothing about the document; it must allow ${askedMs} ms for one.`,
    { status: 502 },
  );
}
