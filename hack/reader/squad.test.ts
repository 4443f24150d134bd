import { describe, expect, it } from 'vitest';
import { fromOtherParagraphs, fromParagraphs, withQuestionsOf, type Article, type Making } from './squad.ts';

const filler =
  `The hall has been used for ${'concerts, markets, meetings and again for '.repeat(5)}other things. `.repeat(2);
const context = `The town hall was built in 1903. ${filler}It burned in 1944.`;
const at = (text: string): { text: string; answer_start: number } => ({ text, answer_start: context.indexOf(text) });
const hall: Article = {
  title: 'Town_hall',
  paragraphs: [
    {
      context,
      qas: [
        { id: 'a', question: 'When was the hall built?', answers: [at('1903')] },
        {
          id: 'b',
          question: 'When was it built again?',
          answers: [],
          is_impossible: true,
          plausible_answers: [at('1944')],
        },
      ],
    },
    { context: 'The hall has a tower. It is high.', qas: [] },
  ],
};
const making = (chance: number, titled = true): Making => ({
  source: 'set',
  language: 'en',
  titled,
  chance: () => chance,
});

describe('examples from paragraphs', () => {
  const examples = fromParagraphs([hall], making(0.9));

  it('are the stretch that answers, the same text without it, and questions without an answer', () => {
    expect(examples.map(({ kind, answers }) => [kind, answers])).toEqual([
      ['answer', true],
      ['near miss', false],
      ['unanswerable', false],
    ]);
    const [answer, nearMiss, unanswerable] = examples.map(({ passage }) => passage);
    expect(answer).toContain('1903');
    expect(nearMiss).not.toContain('1903');
    expect(nearMiss).toContain('concerts');
    expect(unanswerable).toContain('1944');
  });
  it('say what they are of, some under their title', () => {
    expect(examples.every(({ source, article }) => source === 'set' && article === 'Town_hall')).toBe(true);
    expect(examples[0]?.passage.startsWith('The town hall was')).toBe(true);
    expect(fromParagraphs([hall], making(0.1))[0]?.passage.startsWith('Town hall\n\nThe town')).toBe(true);
    expect(fromParagraphs([hall], making(0.1, false))[0]?.passage.startsWith('The town hall was')).toBe(true);
  });
  it('are no near misses where so little is left that its length would tell', () => {
    const short = { ...hall, paragraphs: [{ ...hall.paragraphs[0]!, context: context.replace(filler, '') }] };
    expect(fromParagraphs([short], making(0.9)).filter(({ kind }) => kind === 'near miss')).toEqual([]);
  });
});

describe('examples from other paragraphs', () => {
  const one = (question: string, answer: string): Article => ({
    ...hall,
    paragraphs: [
      { context: 'It was built in 1903.', qas: [{ id: 'a', question, answers: [{ text: answer, answer_start: 16 }] }] },
      { context: 'A tower of wood. It came in 1950.', qas: [] },
      { context: 'Markets are on Mondays.', qas: [] },
    ],
  });
  it('are of the paragraph most like the question', () => {
    const [example] = fromOtherParagraphs([one('When was the tower built?', '1903')], making(0.9));
    expect(example).toMatchObject({ answers: false, passage: 'A tower of wood. It came in 1950.' });
  });
  it('are none where that one has the answer too', () => {
    expect(fromOtherParagraphs([one('When was the tower built?', '1950')], making(0.9))).toEqual([]);
  });
});

it('takes the questions of a translation, and leaves what was not translated', () => {
  const german = {
    ...hall,
    paragraphs: [{ context: 'Anders.', qas: [{ id: 'a', question: 'Wann?', answers: [at('1903')] }] }],
  };
  const [article] = withQuestionsOf([hall], [german]);
  expect(article?.paragraphs[0]?.context).toBe(context);
  expect(article?.paragraphs[0]?.qas).toEqual([{ id: 'a', question: 'Wann?', answers: [at('1903')] }]);
});
