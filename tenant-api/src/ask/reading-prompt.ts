import type { TokenChances } from '../embed/ollama.ts';
import type { ChatMessage } from './prompt.ts';

/** A passage, a question, and whether the passage states the answer to it. */
export interface Reading {
  passage: string;
  question: string;
  answers: boolean;
}

const task =
  'You decide whether a passage states the answer to a question. A passage on the same subject that does not state what is asked for does not answer it. Reply with yes or no.';

const pool =
  'Das Hallenbad ist dienstags bis sonntags von 9 bis 21 Uhr geöffnet. Kinder unter sechs Jahren haben freien Eintritt. Montags wird das Wasser gereinigt.';
const library =
  'The library lends books for four weeks. A loan can be renewed twice, online or by telephone, unless someone else has reserved the book. A fee is charged for books that come back late.';
const tram =
  'Fahrräder dürfen in der Straßenbahn mitgenommen werden, wenn Platz ist. Zwischen 6 und 9 Uhr ist die Mitnahme nicht erlaubt. Für ein Fahrrad ist eine Zusatzkarte nötig.';
const lease =
  'Der Mietvertrag kann von beiden Seiten mit einer Frist von drei Monaten gekündigt werden. Die Kündigung muss schriftlich erfolgen. Für Garagen gilt ein eigener Vertrag.';

// What small models take for an answer is a passage on the same subject: every passage is shown with one question of each kind. They are
// of other trades than the documents, so that no answer can come out of them.
const examples: readonly Reading[] = [
  { passage: pool, question: 'Wann hat das Bad am Mittwoch offen?', answers: true },
  { passage: pool, question: 'Was kostet der Eintritt für Erwachsene?', answers: false },
  { passage: library, question: 'How high is the fee for a late book?', answers: false },
  { passage: library, question: 'Can I extend my loan over the phone?', answers: true },
  { passage: tram, question: 'Darf mein Rad um acht Uhr morgens mit in die Bahn?', answers: true },
  { passage: tram, question: 'Wer hat die Mitnahme von Fahrrädern beschlossen?', answers: false },
  { passage: lease, question: 'Mit welcher Frist kann man den Vertrag für die Garage kündigen?', answers: false },
  { passage: lease, question: 'Reicht eine mündliche Kündigung der Wohnung?', answers: true },
];

const asked = ({ passage, question }: Omit<Reading, 'answers'>): ChatMessage => ({
  role: 'user',
  content: `Passage:\n${passage}\n\nQuestion: ${question}`,
});

// The same beginning for every question and language: the server keeps what it has read of it.
const beginning: readonly ChatMessage[] = [
  { role: 'system', content: task },
  ...examples.flatMap((example): ChatMessage[] => [
    asked(example),
    { role: 'assistant', content: example.answers ? 'yes' : 'no' },
  ]),
];

/** What a model is told that shall say whether a passage answers a question. */
export function readingMessages(reading: Omit<Reading, 'answers'>): ChatMessage[] {
  return [...beginning, asked(reading)];
}

const yes: ReadonlySet<string> = new Set(['yes', 'ja']);
const no: ReadonlySet<string> = new Set(['no', 'nein']);
/** A token that is not among the likeliest is less likely than this. */
const UNSEEN = 1e-6;

/** The log-odds of yes against no in what the model would say first; undefined where it would say neither. */
export function logOdds(chances: TokenChances): number | undefined {
  const chanceOf = (words: ReadonlySet<string>): number =>
    [...chances].reduce((sum, [token, chance]) => sum + (words.has(token.trim().toLowerCase()) ? chance : 0), 0);
  const [forIt, against] = [chanceOf(yes), chanceOf(no)];
  return forIt + against === 0 ? undefined : Math.log((forIt + UNSEEN) / (against + UNSEEN));
}
