import { request, Agent } from 'undici';
import type { BenchFile } from './files.ts';

/** A caller of the service, over connections that stay open. */
export interface Caller {
  /** Uploads and resolves when the document is in the index. Throws `LUNA_BENCH_INGEST` for every other end. */
  ingest(file: BenchFile): Promise<void>;
  /** Asks, and resolves to the milliseconds that the answer was made in once its passages were there. Throws `LUNA_BENCH_ASK`. */
  ask(question: string): Promise<number>;
  /** What `GET /status/summary` says of the search. */
  learned(): Promise<Learned>;
  close(): Promise<void>;
}

export interface Learned {
  readonly competence: Readonly<Record<string, number>>;
  readonly shares: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly jobId: string;
  readonly state: string;
  readonly finishedAt: string | null;
}

/** Seconds that an upload waits for its end before it is asked for. */
const WAIT = 60;

/** The milliseconds of a part in a `Server-Timing` header. Throws `LUNA_BENCH_TIMING` where it is not in it. */
export function timingOf(header: string, part: string): number {
  const found = new RegExp(`(?:^|, )${part};dur=([\\d.]+)`, 'u').exec(header)?.[1];
  if (found === undefined) throw new Error(`LUNA_BENCH_TIMING: no ${part} in "${header}"`);
  return Number(found);
}

export function createCaller(url: string, key: string): Caller {
  const dispatcher = new Agent({ connections: 64, keepAliveTimeout: 60_000 });
  const authorization = `Bearer ${key}`;
  const summary = async (): Promise<Learned> => {
    const answer = await request(`${url}/status/summary`, { headers: { authorization }, dispatcher });
    return ((await answer.body.json()) as { search: Learned }).search;
  };
  const jobAt = async (jobId: string): Promise<Job> => {
    const answer = await request(`${url}/ingest/jobs/${jobId}`, { headers: { authorization }, dispatcher });
    return (await answer.body.json()) as Job;
  };
  return {
    ingest: async ({ name, content }) => {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(content)]), name);
      const answer = await fetch(`${url}/ingest/doc?wait=${WAIT}`, {
        method: 'POST',
        headers: { authorization },
        body: form,
      });
      let job = (await answer.json()) as Job;
      while (answer.ok && job.finishedAt === null) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        job = await jobAt(job.jobId);
      }
      if (job.state !== 'done') throw new Error(`LUNA_BENCH_INGEST: ${name}: ${JSON.stringify(job)}`);
    },
    ask: async (question) => {
      const answer = await request(`${url}/rag/ask`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ question }),
        dispatcher,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`LUNA_BENCH_ASK: ${answer.statusCode} ${text}`);
      return timingOf(String(answer.headers['server-timing']), 'answer');
    },
    learned: summary,
    close: () => dispatcher.close(),
  };
}
