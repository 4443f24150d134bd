import type { Example } from './example.ts';

interface Exercise {
  title: string;
  passage: string;
  /** Questions that the passage answers. */
  answered: readonly string[];
  /** Questions that it only seems to answer. */
  open: readonly string[];
}

/** The exercises of a file, a line each. The whole passage is read: it is about as long as a stretch. */
export function fromExercises(lines: readonly string[], source: string): Example[] {
  return lines.flatMap((line, number) => {
    const { title, passage, answered, open } = JSON.parse(line) as Exercise;
    const of = { passage: `${title}\n\n${passage}`, source, article: String(number) };
    return [
      ...answered.map((question) => ({ question, answers: true, kind: 'answered', ...of })),
      ...open.map((question) => ({ question, answers: false, kind: 'open', ...of })),
    ];
  });
}
