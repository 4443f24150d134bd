import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom } from '../../tenant-api/test/support/random.ts';
import type { Example } from './example.ts';
import { fromExercises } from './exercises.ts';
import { fromOtherParagraphs, fromParagraphs, withQuestionsOf, type Article, type Making } from './squad.ts';

/** Longer ones are left out: their time is that of several others. In letters, question and passage. */
const LONGEST = 900;
/** Articles of the sets that nothing is learned from, in no language; of the exercises it is every eighth. */
const HELD_OUT = new Set(['Warsaw', 'Force', 'Super_Bowl_50']);
const heldOut = ({ article }: Example): boolean =>
  /^\d+$/u.test(article) ? Number(article) % 8 === 0 : HELD_OUT.has(article);

/** How many are learned from, and how many tried before and after, of each set and kind; of the exercises, all that is not held out. */
const most: Record<string, Record<string, number>> = {
  squad: { answer: 120, 'near miss': 40, unanswerable: 140 },
  'xquad-de': { answer: 70, 'near miss': 50, 'other paragraph': 20 },
  across: { answer: 40, 'near miss': 40 },
};
const mostTried: Record<string, Record<string, number>> = {
  squad: { answer: 30, unanswerable: 30 },
  'xquad-de': { answer: 0, 'near miss': 0, 'other paragraph': 0 },
  across: { answer: 0, 'near miss': 0 },
};

function shuffled<T>(all: readonly T[], chance: () => number): T[] {
  return all
    .map((one) => ({ one, place: chance() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

/** Of each set and kind no more than is wanted. */
function atMost(examples: readonly Example[], wanted: Record<string, Record<string, number>>): Example[] {
  const left = structuredClone(wanted);
  return examples.filter(({ source, kind }) => {
    const kinds = left[source];
    if (kinds === undefined) return true;
    kinds[kind] = (kinds[kind] ?? 0) - 1;
    return kinds[kind] >= 0;
  });
}

function exercises(): Example[] {
  return ['de', 'en', 'across'].flatMap((name) => {
    const text = readFileSync(new URL(`./exercises/${name}.jsonl`, import.meta.url), 'utf8');
    return fromExercises(text.trimEnd().split('\n'), `exercises-${name}`);
  });
}

/** All examples: of the sets in a folder, which README.md names, and our own. */
function allOf(sets: string, chance: () => number): Example[] {
  const articles = (name: string): Article[] =>
    (JSON.parse(readFileSync(join(sets, name), 'utf8')) as { data: Article[] }).data;
  const making = (source: string, language: Making['language'], titled: boolean): Making => ({
    source,
    language,
    titled,
    chance,
  });
  const squad = making('squad', 'en', true);
  const german = articles('xquad.de.json');
  return [
    ...fromParagraphs(articles('squad-dev.json'), squad),
    ...fromParagraphs(articles('squad-train.json'), squad),
    ...fromParagraphs(german, making('xquad-de', 'de', false)),
    ...fromOtherParagraphs(german, making('xquad-de', 'de', false)),
    ...fromParagraphs(withQuestionsOf(articles('xquad.en.json'), german), making('across', 'en', true)),
    ...exercises(),
  ];
}

/** In random order, those on one passage together. */
function byPassage(examples: readonly Example[], chance: () => number): Example[] {
  return shuffled([...Map.groupBy(examples, ({ passage }) => passage).values()], chance).flat();
}

function write(path: string, examples: readonly Example[]): void {
  writeFileSync(path, examples.map((example) => `${JSON.stringify(example)}\n`).join(''));
  console.log(
    `${basename(path)}: ${examples.length}, of them answered ${examples.filter((one) => one.answers).length}`,
  );
  const groups = Map.groupBy(examples, ({ source, kind }) => `${source.padEnd(18)}${kind}`);
  for (const [group, members] of [...groups].toSorted()) console.log(`  ${group.padEnd(36)}${members.length}`);
}

const [sets] = process.argv.slice(2);
if (sets === undefined) throw new Error('say which folder has the sets: node hack/reader/examples.ts SETS');
const chance = seededRandom(7);
const short = allOf(sets, chance).filter(({ question, passage }) => question.length + passage.length <= LONGEST);
const mixed = shuffled(short, chance);
const taught = atMost(
  mixed.filter((one) => !heldOut(one)),
  most,
);
write(join(sets, 'train.jsonl'), byPassage(taught, chance));
write(join(sets, 'validation.jsonl'), byPassage(atMost(mixed.filter(heldOut), mostTried), chance));
