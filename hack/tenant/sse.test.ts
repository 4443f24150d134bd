import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from './sse.ts';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.slice(i, i + size);
}

async function read(text: string, size = 1_000): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(chunks(new TextEncoder().encode(text), size))) events.push(event);
  return events;
}

describe('readEvents', () => {
  it('reads names, several data lines, and skips comments', async () => {
    const text = ': ping\n\nevent: sources\ndata: [1]\n\nevent: token\ndata: a\ndata: b\n\ndata:x\n\n';
    expect(await read(text)).toEqual([
      { event: 'sources', data: '[1]' },
      { event: 'token', data: 'a\nb' },
      { event: 'message', data: 'x' },
    ]);
  });

  it('drops an event that was cut off', async () => {
    expect(await read('data: whole\n\nevent: done\ndata: {')).toEqual([{ event: 'message', data: 'whole' }]);
  });

  it('reads the same events however the bytes are cut, in the middle of an umlaut too', async () => {
    const text = 'event: token\r\ndata: "Zähler"\r\n\r\nevent: done\r\ndata: {"ü":"ß€"}\r\n\r\n';
    const whole = await read(text);
    expect(whole).toHaveLength(2);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), async (size) => {
        expect(await read(text, size)).toEqual(whole);
      }),
    );
  });
});
