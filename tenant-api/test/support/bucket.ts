import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createHttpClient, systemClock } from '@luna-iems/service-kit';
import { createS3Keys } from '../../src/originals/s3-keys.ts';
import { createObjectStore, type ObjectStore } from '../../src/originals/s3.ts';

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the service tier sets ${name}`);
  return value;
};

/** What happens at the next request of a method, before the server gets it or after it has answered; the answer is then lost. */
export interface Trap {
  method: string;
  when: 'before' | 'after';
  act: () => Promise<unknown>;
}

/** A bucket of its own on the tier's S3 server, and a door to it that can be shut and that can hold a trap. */
export interface TestBucket {
  /** For an API process that goes through the door. */
  env: Record<string, string>;
  /** Past the door, for looking at the state of the world. */
  objects: ObjectStore;
  keys(): Promise<string[]>;
  shut(isShut: boolean): void;
  trap(trap: Trap): void;
  close(): Promise<void>;
}

interface Door {
  url: string;
  shut: boolean;
  trap?: Trap | undefined;
  close(): Promise<void>;
}

async function openDoor(real: URL): Promise<Door> {
  const pass = (request: IncomingMessage, response: ServerResponse, onAnswer: () => Promise<boolean>): void => {
    const { method, url: path, headers } = request;
    const forward = httpRequest({ host: real.hostname, port: real.port, method, path, headers }, (answer) => {
      const give = async (): Promise<void> => {
        if (!(await onAnswer())) return void request.socket.destroy();
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        pipeline(answer, response, () => undefined);
      };
      give().catch(() => request.socket.destroy());
    });
    forward.on('error', () => request.socket.destroy());
    pipeline(request, forward, () => undefined);
  };
  const door: Door = { url: '', shut: false, close: async () => undefined };
  const taken = (method: string | undefined, when: Trap['when']): Trap | undefined => {
    const { trap } = door;
    if (trap?.method !== method || trap?.when !== when) return undefined;
    door.trap = undefined;
    return trap;
  };
  const server = createServer((request, response) => {
    const before = taken(request.method, 'before');
    if (before !== undefined) return void before.act().finally(() => request.socket.destroy());
    if (door.shut) return void request.socket.destroy();
    pass(request, response, async () => {
      const after = taken(request.method, 'after');
      await after?.act();
      return after === undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  door.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  door.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return door;
}

export async function createTestBucket(): Promise<TestBucket> {
  const endpoint = env('S3_ENDPOINT');
  const bucket = `t-${randomBytes(6).toString('hex')}`;
  const dir = await mkdtemp(join(tmpdir(), 'luna-s3-'));
  await writeFile(join(dir, 'access-key'), env('S3_ACCESS_KEY'));
  await writeFile(join(dir, 'secret-key'), `${env('S3_SECRET_KEY')}\n`);
  const door = await openDoor(new URL(endpoint));
  const http = createHttpClient({ name: 's3', baseUrl: endpoint });
  const keys = createS3Keys({ dir, clock: systemClock });
  const objects = createObjectStore({ http, endpoint, bucket, region: 'us-east-1', keys });
  await objects.ensureBucket();
  return {
    env: { S3_ENDPOINT: door.url, S3_BUCKET: bucket, S3_KEYS_DIR: dir, S3_CREATE_BUCKET: 'true' },
    objects,
    keys: async () => (await objects.list('')).objects.map(({ key }) => key),
    shut: (isShut) => void (door.shut = isShut),
    trap: (trap) => void (door.trap = trap),
    close: async () => {
      await door.close();
      await http.close();
      await rm(dir, { recursive: true });
    },
  };
}
