/** What the API answered. */
export interface Reply<T = Record<string, unknown>> {
  status: number;
  type: string;
  body: T;
}

/** An answer of `POST /rag/ask`, as far as tests look at it. */
export interface AskReply {
  answer: string;
  mode: string;
  refused: boolean;
  evidence: 'clear' | 'doubtful' | 'none';
  language: string;
  citations: {
    n: number;
    itemId: string;
    chunkId: string;
    source: string;
    page?: number;
    heading?: string;
    quote: string;
  }[];
  passages: { n: number; chunkId: string; text: string }[];
}

export interface TestClient {
  request<T = Record<string, unknown>>(method: string, path: string, init?: RequestInit): Promise<Reply<T>>;
  /** Answers when the job has ended, or at once for a wait of 0. */
  upload(name: string, content: Uint8Array | string, fields?: Record<string, string>, wait?: number): Promise<Reply>;
  ask(question: string, more?: Record<string, unknown>): Promise<AskReply>;
}

type Request = TestClient['request'];

interface JobReply {
  jobId: string;
  state: string;
  finishedAt: string | null;
  error?: { code: string; message: string };
}

/** On a slow machine a job outlives its request: then its end is asked for, and given as the request would have given it. */
async function untilEnded(request: Request, reply: Reply): Promise<Reply> {
  let job = reply.body as unknown as JobReply;
  while (job.finishedAt === null) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    job = (await request<JobReply>('GET', `/ingest/jobs/${job.jobId}`)).body;
  }
  const failed = job.state === 'failed' || job.state === 'quarantined';
  const body = failed ? { jobId: job.jobId, code: job.error?.code, detail: job.error?.message } : { ...job };
  return { ...reply, status: failed ? 422 : 200, body };
}

/** A caller with one key. */
export function createTestClient(url: string, key: string): TestClient {
  const headers = { authorization: `Bearer ${key}` };
  const request: TestClient['request'] = async <T>(
    method: string,
    path: string,
    init: RequestInit = {},
  ): Promise<Reply<T>> => {
    const answer = await fetch(url + path, {
      ...init,
      method,
      headers: { ...headers, ...(init.headers as Record<string, string>) },
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, body: (type.includes('json') ? JSON.parse(text) : text) as T };
  };
  return {
    request,
    upload: async (name, content, fields = {}, wait = 60) => {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.set(field, value);
      form.set('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
      const reply = await request('POST', `/ingest/doc?wait=${wait}`, { body: form });
      return wait > 0 && reply.status === 202 ? untilEnded(request, reply) : reply;
    },
    ask: async (question, more = {}) => {
      const { status, body } = await request<AskReply>('POST', '/rag/ask', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ question, ...more }),
      });
      if (status !== 200) throw new Error(`ask answered ${status}: ${JSON.stringify(body)}`);
      return body;
    },
  };
}
