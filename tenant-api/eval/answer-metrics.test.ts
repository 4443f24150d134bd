import { expect, it } from 'vitest';
import { answerFigures, type Outcome } from './answer-metrics.ts';

const right: Outcome = {
  ...{ answerable: true, refused: false, doubted: false },
  ...{ rank: 1, quoted: true, citations: 2, exact: 2 },
};
const silent: Outcome = { ...right, refused: true, rank: 4, quoted: false, citations: 0, exact: 0 };
const refused: Outcome = { ...silent, answerable: false, rank: 0 };
const invented: Outcome = { ...refused, refused: false, citations: 2, exact: 1 };

it('counts what was found, quoted, refused and cited', () => {
  expect(answerFigures([right, silent, refused, invented])).toEqual({
    ...{ answerable: 2, unanswerable: 2, foundInFirst3: 0.5, quoted: 0.5 },
    ...{ refusalPrecision: 0.5, refusalRecall: 0.5, falseRefusals: 0.5, citationCorrectness: 0.75 },
    ...{ answeredInDoubt: 0, falseClaims: 0.5 },
  });
});

it('tells an answer in doubt from a refusal and from a claim', () => {
  const [hedged, aware] = [
    { ...right, doubted: true },
    { ...invented, doubted: true },
  ];
  expect(answerFigures([right, hedged, aware, invented])).toMatchObject({
    ...{ quoted: 1, falseRefusals: 0, answeredInDoubt: 0.5 },
    ...{ refusalRecall: 0, falseClaims: 0.5 },
  });
});

it('calls nothing wrong where nothing was said', () => {
  expect(answerFigures([])).toMatchObject({ refusalPrecision: 1, citationCorrectness: 1, foundInFirst3: 0 });
});
