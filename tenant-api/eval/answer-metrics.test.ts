import { expect, it } from 'vitest';
import { answerFigures, type Outcome } from './answer-metrics.ts';

const right: Outcome = { answerable: true, refused: false, rank: 1, quoted: true, citations: 2, exact: 2 };
const silent: Outcome = { answerable: true, refused: true, rank: 4, quoted: false, citations: 0, exact: 0 };
const refused: Outcome = { answerable: false, refused: true, rank: 0, quoted: false, citations: 0, exact: 0 };
const invented: Outcome = { answerable: false, refused: false, rank: 0, quoted: false, citations: 2, exact: 1 };

it('counts what was found, quoted, refused and cited', () => {
  expect(answerFigures([right, silent, refused, invented])).toEqual({
    ...{ answerable: 2, unanswerable: 2, foundInFirst3: 0.5, quoted: 0.5 },
    ...{ refusalPrecision: 0.5, refusalRecall: 0.5, falseRefusals: 0.5, citationCorrectness: 0.75 },
  });
});

it('calls nothing wrong where nothing was said', () => {
  expect(answerFigures([])).toMatchObject({ refusalPrecision: 1, citationCorrectness: 1, foundInFirst3: 0 });
});
