import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readBeirSet } from './beir.ts';
import { convertSquad } from './squad.ts';

it('makes a folder that the evaluation reads, with a paragraph once and without questions that have no answer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'luna-squad-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const qa = (id: string, impossible = false): object => ({ id, question: `${id}?`, is_impossible: impossible });
  const paragraphs = [
    { context: 'Strom kostet Geld.', qas: [qa('a'), qa('b', true)] },
    { context: 'Gas auch.', qas: [qa('c')] },
    { context: 'Strom kostet Geld.', qas: [qa('d')] },
  ];
  await writeFile(join(folder, 'set.json'), JSON.stringify({ data: [{ title: 'Geld', paragraphs }] }));
  await convertSquad(join(folder, 'set.json'), join(folder, 'beir'));
  expect(await readBeirSet(join(folder, 'beir'))).toEqual({
    name: 'beir',
    documents: [
      { id: 'p0', title: '', text: 'Strom kostet Geld.' },
      { id: 'p1', title: '', text: 'Gas auch.' },
    ],
    queries: ['a', 'c', 'd'].map((id) => ({ id, text: `${id}?` })),
    judgements: new Map([
      ['a', new Map([['p0', 1]])],
      ['c', new Map([['p1', 1]])],
      ['d', new Map([['p0', 1]])],
    ]),
  });
});
