import type { Language } from '../../tenant-api/src/text/language.ts';
import type { Example } from './example.ts';
import { mostLike, sentenceAt, shared, stems, stretchAt, textOf, withoutAnswer, type Text } from './text.ts';

interface Answer {
  text: string;
  answer_start: number;
}

interface Question {
  id: string;
  question: string;
  answers: readonly Answer[];
  is_impossible?: boolean;
  /** What might be taken for an answer to a question that has none. */
  plausible_answers?: readonly Answer[];
}

/** An article of a set in SQuAD's format. */
export interface Article {
  title: string;
  paragraphs: readonly { context: string; qas: readonly Question[] }[];
}

/** Which set examples are from, and how they are made. */
export interface Making {
  source: string;
  language: Language;
  /** The API sets the title above a stretch; not every text has one. */
  titled: boolean;
  chance: () => number;
}

/** Shorter near misses, in letters, would tell by their length what they are: a text is shorter without what answers. */
const SHORTEST_NEAR_MISS = 360;
const TITLED = 0.8;

type Of = Pick<Example, 'source' | 'article'>;

function passage(stretch: string, title: string, { titled, chance }: Making): string {
  return titled && chance() < TITLED ? `${title.replaceAll('_', ' ')}\n\n${stretch}` : stretch;
}

/** A question that has an answer, with the stretch that states it and with what is left when that is taken out. */
function answerable(text: Text, { question, answers }: Question, of: Of, making: Making): Example[] {
  const where = answers[0] && sentenceAt(text, answers[0].answer_start);
  if (where === undefined) return [];
  const answered = passage(stretchAt(text, where), of.article, making);
  const examples: Example[] = [{ question, passage: answered, answers: true, kind: 'answer', ...of }];
  const accepted = answers.map((answer) => answer.text);
  const left = withoutAnswer(text, where, accepted);
  const stretch = left && stretchAt(left.rest, making.chance() < 0.5 ? left.there : mostLike(left.rest, question));
  if (stretch !== undefined && stretch.length >= SHORTEST_NEAR_MISS) {
    const nearMiss = passage(stretch, of.article, making);
    examples.push({ question, passage: nearMiss, answers: false, kind: 'near miss', ...of });
  }
  return examples;
}

/** A question that somebody wrote to have no answer in just this text. */
function unanswerable(text: Text, { question, plausible_answers: seeming }: Question, of: Of, making: Making): Example {
  const where = (seeming?.[0] && sentenceAt(text, seeming[0].answer_start)) ?? mostLike(text, question);
  const stretch = passage(stretchAt(text, where), of.article, making);
  return { question, passage: stretch, answers: false, kind: 'unanswerable', ...of };
}

/** What can be learned from the paragraphs of a set. */
export function fromParagraphs(articles: readonly Article[], making: Making): Example[] {
  return articles.flatMap(({ title, paragraphs }) =>
    paragraphs.flatMap(({ context, qas }) => {
      const text = textOf(context, making.language);
      const of = { source: making.source, article: title };
      return qas.flatMap((asked) =>
        asked.is_impossible === true ? [unanswerable(text, asked, of, making)] : answerable(text, asked, of, making),
      );
    }),
  );
}

/** Every question with the one of its article's other paragraphs that is most like it. */
export function fromOtherParagraphs(articles: readonly Article[], { source, language }: Making): Example[] {
  return articles.flatMap(({ title, paragraphs }) =>
    paragraphs.flatMap((own) =>
      own.qas.flatMap(({ question, answers }): Example[] => {
        const wanted = stems(question);
        const likeness = (context: string): number => shared(wanted, stems(context));
        const [other] = paragraphs
          .filter((one) => one !== own)
          .map(({ context }) => context)
          .toSorted((a, b) => likeness(b) - likeness(a));
        if (other === undefined || answers.some(({ text }) => other.toLowerCase().includes(text.toLowerCase())))
          return [];
        const text = textOf(other, language);
        const stretch = stretchAt(text, mostLike(text, question));
        return [{ question, passage: stretch, answers: false, kind: 'other paragraph', source, article: title }];
      }),
    ),
  );
}

/** Articles with the questions of their translation, which are told apart by the same ids. */
export function withQuestionsOf(articles: readonly Article[], translated: readonly Article[]): Article[] {
  const questions = new Map(
    translated.flatMap(({ paragraphs }) =>
      paragraphs.flatMap(({ qas }) => qas.map((one) => [one.id, one.question] as const)),
    ),
  );
  return articles.map((article) => ({
    ...article,
    paragraphs: article.paragraphs.map(({ context, qas }) => ({
      context,
      qas: qas.flatMap((one) => {
        const question = questions.get(one.id);
        return question === undefined ? [] : [{ ...one, question }];
      }),
    })),
  }));
}
