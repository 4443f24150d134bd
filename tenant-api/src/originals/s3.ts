import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { HttpError, LunaError, type HttpClient, type HttpRequest } from '@luna-iems/service-kit';
import { AwsV4Signer } from 'aws4fetch';
import { parseObjectPage, s3ErrorCode, type ObjectPage } from './s3-answers.ts';
import type { S3Keys } from './s3-keys.ts';

/** A bucket of any server that speaks S3. Errors are `HttpError`s, and `LUNA_OBJECT_STORE_KEYS`. */
export interface ObjectStore {
  /** Throws the reason why the bucket cannot be used. */
  ping(signal?: AbortSignal): Promise<void>;
  /** Makes the bucket where it is missing. */
  ensureBucket(): Promise<void>;
  /** Writes the object whole, or not at all: the server compares the bytes with the hash. Harmless when repeated. */
  put(key: string, file: { body: () => Readable; bytes: number; sha256: string }, signal: AbortSignal): Promise<void>;
  /** The object's bytes from `from` on. Throws `LUNA_OBJECT_MISSING` (404). */
  get(key: string, from: number): Promise<Readable>;
  /** Removes the object; nothing happens when there is none. */
  remove(key: string): Promise<void>;
  /** Objects whose keys begin with `prefix`, in the order of keys; from the beginning, or where a page before said. */
  list(prefix: string, from?: string): Promise<ObjectPage>;
}

export interface S3Deps {
  http: HttpClient;
  endpoint: string;
  bucket: string;
  region: string;
  keys: () => Promise<S3Keys>;
}

/** A file of 100 MiB over a slow line. */
const PUT_MS = 300_000;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

type Call = Pick<HttpRequest, 'body' | 'timeoutMs' | 'retries' | 'signal'> & {
  method: NonNullable<HttpRequest['method']>;
  path: string;
  headers?: Record<string, string>;
  sha256?: string;
};

function isStatus(error: unknown, ...statuses: number[]): error is HttpError {
  return error instanceof HttpError && statuses.includes(error.upstreamStatus ?? 0);
}

/** Signs with AWS Signature 4, path-style addresses; only calls that every S3 server has. */
export function createObjectStore({ http, endpoint, bucket, region, keys }: S3Deps): ObjectStore {
  const base = endpoint.replace(/\/+$/u, '');
  const signed = async ({ method, path, headers = {}, sha256 = EMPTY_SHA256, ...rest }: Call): Promise<HttpRequest> => {
    const signer = new AwsV4Signer({
      ...{ method, url: `${base}/${bucket}${path}`, headers: { ...headers, 'x-amz-content-sha256': sha256 } },
      ...{ ...(await keys()), region, service: 's3' },
    });
    const { url, headers: made } = await signer.sign();
    const all = Object.fromEntries(made.entries());
    return { method, path: url.href.slice(base.length), headers: { ...all, ...headers }, ...rest };
  };
  const call = async (request: Call): Promise<string> => http.text(await signed(request));
  const object = (key: string): string => `/${key}`;

  return {
    ping: async (signal) => void (await call({ method: 'GET', path: '?list-type=2&max-keys=1', retries: 0, signal })),
    ensureBucket: async () => {
      try {
        await call({ method: 'PUT', path: '' });
      } catch (error) {
        if (!(isStatus(error, 409) && s3ErrorCode(error.responseText) === 'BucketAlreadyOwnedByYou')) throw error;
      }
    },
    put: async (key, { body, bytes, sha256 }, signal) => {
      const headers = { 'content-length': String(bytes) };
      // Not tried again here: whoever calls knows best whether the file is wanted still.
      const how = { headers, sha256, timeoutMs: PUT_MS, retries: 0, signal };
      await call({ method: 'PUT', path: object(key), body, ...how });
    },
    get: async (key, from) => {
      try {
        const headers = from === 0 ? {} : { range: `bytes=${from}-` };
        return (await http.stream(await signed({ method: 'GET', path: object(key), headers }))).body;
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
        throw new LunaError('LUNA_OBJECT_MISSING', 'The object store does not have the file.', {
          status: 404,
          cause: error,
        });
      }
    },
    remove: async (key) => {
      try {
        await call({ method: 'DELETE', path: object(key) });
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
      }
    },
    list: async (prefix, from) => {
      const query = new URLSearchParams({ 'list-type': '2', prefix });
      if (from !== undefined) query.set('continuation-token', from);
      return parseObjectPage(await call({ method: 'GET', path: `?${query}`, timeoutMs: 30_000 }));
    },
  };
}
