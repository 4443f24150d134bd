/** What one question of the evaluation came to. */
export interface Outcome {
  /** The documents do carry an answer. */
  answerable: boolean;
  refused: boolean;
  /** Told with the sentence that it may not be the answer. */
  doubted: boolean;
  /** Rank of the expected passage among those that were found, from 1; 0 when it is not there. */
  rank: number;
  /** A quote of the answer contains the expected words. */
  quoted: boolean;
  citations: number;
  /** Citations whose quote stands in the stored chunk, letter by letter. */
  exact: number;
}

export interface AnswerFigures {
  answerable: number;
  unanswerable: number;
  /** Part of the answerable questions with the expected passage among the first three. */
  foundInFirst3: number;
  /** Part of the answerable questions whose answer quotes the expected words. */
  quoted: number;
  /** Part of the refusals that were right. */
  refusalPrecision: number;
  /** Part of the unanswerable questions that were refused. */
  refusalRecall: number;
  /** Part of the answerable questions that were refused. */
  falseRefusals: number;
  /** Part of the answerable questions that were answered in doubt. */
  answeredInDoubt: number;
  /** Part of the unanswerable questions that were answered without a doubt. */
  falseClaims: number;
  /** Part of the citations that are exact; 1 when there is none. */
  citationCorrectness: number;
}

const part = (some: number, all: number, none: number): number => (all === 0 ? none : some / all);

/** Figures over all outcomes. A part of nothing is 0, of refusals and citations 1: nothing was wrong. */
export function answerFigures(outcomes: readonly Outcome[]): AnswerFigures {
  const answerable = outcomes.filter((one) => one.answerable);
  const unanswerable = outcomes.filter((one) => !one.answerable);
  const refused = outcomes.filter((one) => one.refused);
  const rightlyRefused = unanswerable.filter((one) => one.refused).length;
  const sum = (pick: (one: Outcome) => number): number => outcomes.reduce((total, one) => total + pick(one), 0);
  return {
    answerable: answerable.length,
    unanswerable: unanswerable.length,
    foundInFirst3: part(answerable.filter((one) => one.rank >= 1 && one.rank <= 3).length, answerable.length, 0),
    quoted: part(answerable.filter((one) => one.quoted && !one.refused).length, answerable.length, 0),
    refusalPrecision: part(rightlyRefused, refused.length, 1),
    refusalRecall: part(rightlyRefused, unanswerable.length, 0),
    falseRefusals: part(answerable.filter((one) => one.refused).length, answerable.length, 0),
    answeredInDoubt: part(answerable.filter((one) => one.doubted).length, answerable.length, 0),
    falseClaims: part(unanswerable.filter((one) => !one.refused && !one.doubted).length, unanswerable.length, 0),
    citationCorrectness: part(
      sum((one) => one.exact),
      sum((one) => one.citations),
      1,
    ),
  };
}
