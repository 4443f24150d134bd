import type { Reading } from './reading-prompt.ts';

/** A passage with a question that it answers, one that it answers in other words, and one that it only seems to answer. */
type Page = readonly [passage: string, answered: string, inOtherWords: string, open: string];

// Of other trades than the documents and than the examples in the prompt. What is open is about the very thing the passage is about.
const pages: readonly Page[] = [
  [
    'Der Wanderweg beginnt am Bahnhof und führt in drei Stunden zur Hütte. Er ist mit roten Punkten markiert. Nach Regen ist der obere Teil rutschig, feste Schuhe sind nötig.',
    'Womit ist der Wanderweg markiert?',
    'Wie lange läuft man bis oben?',
    'Wie viele Höhenmeter sind es bis zur Hütte?',
  ],
  [
    'Brot bleibt in einem Topf aus Ton am längsten frisch, etwa fünf Tage. Im Kühlschrank wird es schneller trocken. Schimmelt eine Stelle, wirft man den ganzen Laib weg.',
    'Wie lange bleibt Brot in einem Topf aus Ton frisch?',
    'Soll ich nur das schlechte Stück abschneiden?',
    'Bei welcher Temperatur wird Brot gebacken?',
  ],
  [
    'Anträge auf einen Stellplatz nimmt das Amt schriftlich entgegen. Über sie wird in der Reihenfolge des Eingangs entschieden. Die Gebühr wird mit dem Bescheid festgesetzt.',
    'Wie sind Anträge auf einen Stellplatz zu stellen?',
    'Wer kommt zuerst dran?',
    'Wie hoch ist die Gebühr für einen Stellplatz?',
  ],
  [
    'Das Orchester probt montags und donnerstags im Gemeindesaal. Neue Mitglieder sind willkommen, ein Vorspiel gibt es nicht. Instrumente können gegen ein Pfand geliehen werden.',
    'An welchen Tagen probt das Orchester?',
    'Muss ich zeigen, was ich kann, bevor ich mitmachen darf?',
    'Wann beginnt die Probe am Montag?',
  ],
  [
    'Hunde ab dem vierten Monat sind anzumelden. Die Marke ist am Halsband zu tragen. Wer seinen Hund abgibt, meldet ihn innerhalb von zwei Wochen ab.',
    'Ab welchem Monat sind Hunde anzumelden?',
    'Wie viel Zeit habe ich, wenn das Tier nicht mehr bei mir lebt?',
    'Was kostet eine neue Marke, wenn die alte verloren ist?',
  ],
  [
    'Die Tinktur wird dreimal täglich vor dem Essen eingenommen, zehn Tropfen in etwas Wasser. Geöffnete Flaschen sind sechs Wochen haltbar. Für Schwangere ist sie nicht geeignet.',
    'Wie lange sind geöffnete Flaschen haltbar?',
    'Wie viel nimmt man auf einmal?',
    'Wie oft dürfen Kinder die Tinktur nehmen?',
  ],
  [
    'Der Verein wurde gegründet, um die alte Mühle zu erhalten. Er hat heute 140 Mitglieder. Führungen finden von Mai bis Oktober am ersten Sonntag im Monat statt.',
    'Wie viele Mitglieder hat der Verein?',
    'Kann man die Mühle im Dezember besichtigen?',
    'In welchem Jahr wurde der Verein gegründet?',
  ],
  [
    'The ferry leaves the harbour every forty minutes. Cars have to be there a quarter of an hour before. In strong wind the crossing is cancelled, and tickets are refunded.',
    'How often does the ferry leave?',
    'Do I get my money back in a storm?',
    'How long does the crossing take?',
  ],
  [
    'Visitors sign in at the desk and wear a badge. Photographs are allowed in the garden only. Large bags are left in a locker, which needs a coin.',
    'Where are large bags left?',
    'May I take a picture inside?',
    'How many lockers are there?',
  ],
  [
    'The course has six evenings and ends with a test. Whoever misses more than one evening cannot take it. The fee includes the book, but not the tools.',
    'How many evenings does the course have?',
    'I was ill twice, may I still sit the exam?',
    'How much is the fee for the course?',
  ],
  [
    'Tomatoes are sown indoors in March and planted out after the last frost. They need a stake and water at the root. Leaves that touch the ground are removed.',
    'When are tomatoes planted out?',
    'When do the seeds go in?',
    'How far apart are tomatoes planted?',
  ],
  [
    'The theatre was rebuilt after the fire and reopened with an opera. It has three tiers. Returned tickets are sold at the door an hour before the performance.',
    'How many tiers does the theatre have?',
    'Is there a way to get in when it is sold out?',
    'What caused the fire?',
  ],
];

/** What a model is asked before its word counts: of every passage two questions that it answers, one that it does not, and another's. */
export const readings: readonly Reading[] = pages.flatMap(
  ([passage, answered, inOtherWords, open], index): Reading[] => [
    { passage, question: answered, answers: true },
    { passage, question: inOtherWords, answers: true },
    { passage, question: open, answers: false },
    { passage, question: pages[(index + 1) % pages.length]?.[1] ?? '', answers: false },
  ],
);

/**
 * What log-odds are worth: the weight of evidence for an answer is `slope` × (odds − `middle`), in natural log-odds. A model that tells
 * answers apart well has a steep one, one that nearly guesses a flat one, whatever range of odds it likes to use.
 */
export interface Scale {
  middle: number;
  slope: number;
}

export interface ReadingVerdict {
  /** How often a passage that answers has higher log-odds than one that does not, 0..1; 0.5 is guessing. Undefined where it said neither yes nor no. */
  right?: number;
  /** Undefined where the model is not to be trusted. */
  scale?: Scale;
}

/** Two standard errors above guessing, with as many readings as there are. */
const TRUSTED = 0.66;

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const squares = (values: readonly number[], around: number): number =>
  values.reduce((sum, one) => sum + (one - around) ** 2, 0);

/** Of log-odds; a model that is sure of everything to the same degree is not worth the more for it. */
const LEAST_VARIANCE = 0.01;

/** Linear discriminant analysis of one variable: two normal distributions of one variance. */
function scaleOf(forIt: readonly number[], against: readonly number[]): Scale {
  const [high, low] = [mean(forIt), mean(against)];
  const variance = (squares(forIt, high) + squares(against, low)) / (forIt.length + against.length - 2);
  return { middle: (high + low) / 2, slope: (high - low) / Math.max(variance, LEAST_VARIANCE) };
}

/** How often a value of the first is above one of the others, 0..1; a tie is half, 0.5 is guessing. */
export function oftenAbove(values: readonly number[], others: readonly number[]): number {
  return mean(values.flatMap((a) => others.map((b) => (a > b ? 1 : a === b ? 0.5 : 0))));
}

/** Judges a model by its log-odds for {@link readings}, in their order. Pure. One that would not even say yes or no is not trusted. */
export function judgeReading(odds: readonly (number | undefined)[]): ReadingVerdict {
  const of = (answers: boolean): number[] =>
    readings.flatMap((one, at) => (one.answers === answers ? (odds[at] ?? []) : []));
  const [forIt, against] = [of(true), of(false)];
  if (forIt.length + against.length < readings.length) return {};
  const right = oftenAbove(forIt, against);
  const scale = scaleOf(forIt, against);
  // One outlier can turn the means round where most pairs are right.
  return right < TRUSTED || scale.slope <= 0 ? { right } : { right, scale };
}

/** No answer hangs on a model's word alone. */
export const MOST_CONVINCED = 3;

/** The weight of a model's word for an answer, -3 to 3 in natural log-odds; see {@link Scale}. */
export function conviction(odds: number, { middle, slope }: Scale): number {
  return Math.max(-MOST_CONVINCED, Math.min(MOST_CONVINCED, slope * (odds - middle)));
}
