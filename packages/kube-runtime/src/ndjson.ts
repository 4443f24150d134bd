import { KubeError } from './errors.ts';

const longestLine = 64 * 1024 * 1024;

/** Cuts a byte stream into lines and parses each as JSON. Throws KUBE_PROTOCOL on what is not JSON, or a line above 64 Mi characters. */
export async function* parseNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = pending + text.slice(start, end);
      pending = '';
      start = end + 1;
      if (line.trim() !== '') yield parseLine(line);
    }
    pending += text.slice(start);
    if (pending.length > longestLine) throw new KubeError('a watch sent an endless line', { code: 'KUBE_PROTOCOL' });
  }
  // A line without its end was cut off by a lost connection: the next watch sends that event again.
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new KubeError(`a watch sent what is not JSON: ${line.slice(0, 100)}`, { code: 'KUBE_PROTOCOL', cause });
  }
}
