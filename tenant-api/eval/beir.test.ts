import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parseJudgements, readBeirSet } from './beir.ts';

it('reads judgements without their head and keeps their scores', () => {
  const read = parseJudgements('query-id\tcorpus-id\tscore\nq1\td1\t2\r\nq1\td2\t0\n\nbroken\n');
  expect(read).toEqual(
    new Map([
      [
        'q1',
        new Map([
          ['d1', 2],
          ['d2', 0],
        ]),
      ],
    ]),
  );
});

it('reads a folder and leaves out queries that nobody judged', async () => {
  const above = await mkdtemp(join(tmpdir(), 'luna-beir-'));
  onTestFinished(() => rm(above, { recursive: true }));
  const folder = join(above, 'tiny');
  await mkdir(join(folder, 'qrels'), { recursive: true });
  await writeFile(join(folder, 'corpus.jsonl'), '{"_id":"d1","title":"T","text":"x"}\n{"_id":2,"text":"y"}\n');
  await writeFile(join(folder, 'queries.jsonl'), '{"_id":"q1","text":"?"}\n{"_id":"q2","text":"??"}\n');
  await writeFile(join(folder, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq1\t2\t1\n');
  expect(await readBeirSet(folder)).toEqual({
    name: 'tiny',
    documents: [
      { id: 'd1', title: 'T', text: 'x' },
      { id: '2', title: '', text: 'y' },
    ],
    queries: [{ id: 'q1', text: '?' }],
    judgements: new Map([['q1', new Map([['2', 1]])]]),
  });
});
