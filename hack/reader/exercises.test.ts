import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromExercises } from './exercises.ts';

const files = ['de', 'en', 'across'].map((name) => ({
  name,
  lines: readFileSync(new URL(`./exercises/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n'),
}));

describe('the exercises', () => {
  it.each(files)('in $name have three questions of each kind on every passage, none twice', ({ name, lines }) => {
    const examples = fromExercises(lines, name);
    for (const of of Map.groupBy(examples, ({ article }) => article).values()) {
      expect(of.filter(({ answers }) => answers)).toHaveLength(3);
      expect(of.filter(({ answers }) => !answers)).toHaveLength(3);
    }
    expect(new Set(examples.map(({ passage, question }) => passage + question)).size).toBe(examples.length);
  });
  it('have every passage under its title', () => {
    const line = JSON.stringify({
      title: 'Bad',
      passage: 'Es ist offen.',
      answered: ['Ist es offen?'],
      open: ['Wie lange?'],
    });
    expect(fromExercises([line], 'x')).toEqual([
      {
        question: 'Ist es offen?',
        passage: 'Bad\n\nEs ist offen.',
        answers: true,
        kind: 'answered',
        source: 'x',
        article: '0',
      },
      {
        question: 'Wie lange?',
        passage: 'Bad\n\nEs ist offen.',
        answers: false,
        kind: 'open',
        source: 'x',
        article: '0',
      },
    ]);
  });
});
