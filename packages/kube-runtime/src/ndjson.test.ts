import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNdjson } from './ndjson.ts';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
const collect = async (values: AsyncIterable<unknown>): Promise<unknown[]> => {
  const all = [];
  for await (const value of values) all.push(value);
  return all;
};

describe('parseNdjson', () => {
  it('gives the same values however the bytes were cut', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    const values = fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }), more: fc.jsonValue() }));
    await fc.assert(
      fc.asyncProperty(values, sizes, async (sent, cuts) => {
        const text = sent.map((value) => `${JSON.stringify(value)}\n`).join('');
        const expected = sent.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        expect(await collect(parseNdjson(cut(Buffer.from(text), cuts)))).toEqual(expected);
      }),
    );
  });

  it('drops a line the connection lost the end of, and refuses what is not JSON', async () => {
    expect(await collect(parseNdjson(cut(Buffer.from('{"a":1}\n{"b":'), [4])))).toEqual([{ a: 1 }]);
    await expect(collect(parseNdjson(cut(Buffer.from('<html>\n'), [4])))).rejects.toMatchObject({
      code: 'KUBE_PROTOCOL',
    });
  });
});
