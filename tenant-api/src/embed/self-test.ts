import { cosine, norm } from './vectors.ts';

/** Three texts of which the first two mean nearly the same and the third means something else. */
interface Triple {
  anchor: string;
  related: string;
  unrelated: string;
}

// Words with umlauts as a German energy customer writes them. A server that turns each into [UNK] makes them all equal.
const triples: readonly Triple[] = [
  { anchor: 'Zählerstand', related: 'Stand des Stromzählers', unrelated: 'Wärmepumpe' },
  { anchor: 'Kündigungsfrist', related: 'Frist für die Kündigung', unrelated: 'Übergabestation' },
  {
    anchor: 'Netzentgelte für Ökostrom',
    related: 'Entgelte für das Netz bei Ökostrom',
    unrelated: 'Störung am Lüfter der Wärmepumpe',
  },
];

// Every word carries a diacritic, or every letter is a capital: no two of a group may coincide.
const groups: readonly (readonly string[])[] = [
  ['Zähler', 'Wärme', 'Gebühr', 'Störung', 'Größe'],
  ['STROMZAEHLER', 'WECHSELRICHTER', 'RECHNUNG', 'TARIF'],
];

const casePairs: readonly (readonly [string, string])[] = [
  ['STROMZÄHLER', 'stromzähler'],
  ['Rechnung', 'rechnung'],
];

/** The text whose vector is kept with the index: when it changes, the old vectors no longer fit the new ones. */
export const goldenText = 'Der Zählerstand wird am Monatsende in Kilowattstunden (kWh) abgelesen.';

/** Every text that {@link judgeEmbeddings} needs a vector of. */
export const probeTexts: readonly string[] = [
  ...new Set([
    ...triples.flatMap((t) => [t.anchor, t.related, t.unrelated]),
    ...groups.flat(),
    ...casePairs.flat(),
    goldenText,
  ]),
];

/** Above this cosine two unrelated words count as one and the same. */
const COLLAPSED = 0.97;
const GOLDEN = 0.999;

export interface JudgeOptions {
  dimensions: number;
  uncased: boolean;
  /** The golden text's vector stored with the index, if there is an index. */
  golden?: readonly number[];
}

export interface Verdict {
  ok: boolean;
  /** One sentence per failed check. */
  failures: string[];
}

type Vectors = ReadonlyMap<string, readonly number[]>;

const round = (value: number): string => value.toFixed(3);

function shapeFailures(vectors: Vectors, options: JudgeOptions): string[] {
  for (const text of probeTexts) {
    const vector = vectors.get(text);
    if (vector === undefined) return [`there is no vector for "${text}"`];
    if (vector.length !== options.dimensions)
      return [`the model gives ${vector.length} dimensions, configured are ${options.dimensions}`];
    if (!vector.every(Number.isFinite) || Math.abs(norm(vector) - 1) > 1e-3)
      return [`the vector of "${text}" is not of length 1`];
  }
  return [];
}

function meaningFailures(between: (a: string, b: string) => number): string[] {
  const failures: string[] = [];
  let nearer = 0;
  for (const { anchor, related, unrelated } of triples) {
    const far = between(anchor, unrelated);
    if (far >= COLLAPSED) failures.push(`"${anchor}" and "${unrelated}" come out the same (cosine ${round(far)})`);
    if (between(anchor, related) > far) nearer += 1;
  }
  if (nearer < triples.length)
    failures.push(`only ${nearer} of ${triples.length} related texts are nearer than unrelated ones`);
  return failures;
}

function collapseFailures(between: (a: string, b: string) => number): string[] {
  return groups.flatMap((group) => {
    const pairs = group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b] as const));
    const same = pairs.filter(([a, b]) => between(a, b) >= COLLAPSED);
    const [first] = same;
    return first
      ? [
          `${same.length} of ${pairs.length} pairs of different words come out the same, such as "${first[0]}" and "${first[1]}"`,
        ]
      : [];
  });
}

function caseFailures(between: (a: string, b: string) => number, options: JudgeOptions): string[] {
  if (!options.uncased) return [];
  return casePairs
    .filter(([a, b]) => between(a, b) < 0.95)
    .map(([a, b]) => `"${a}" and "${b}" differ (cosine ${round(between(a, b))}) though the model knows no capitals`);
}

function goldenFailures(vectors: Vectors, options: JudgeOptions): string[] {
  if (options.golden === undefined) return [];
  const same = cosine(vectors.get(goldenText) ?? [], options.golden);
  return same < GOLDEN
    ? [`the model no longer gives the vectors that the index was made with (cosine ${round(same)})`]
    : [];
}

/**
 * Judges whether a model's vectors can be trusted for German text: right shape, unrelated words with umlauts or in capitals
 * apart, related ones nearer, and the same vectors as when the index was made. Pure; the vectors are of {@link probeTexts}.
 */
export function judgeEmbeddings(vectors: Vectors, options: JudgeOptions): Verdict {
  const shape = shapeFailures(vectors, options);
  if (shape.length > 0) return { ok: false, failures: shape };
  const between = (a: string, b: string): number => cosine(vectors.get(a) ?? [], vectors.get(b) ?? []);
  const failures = [
    ...meaningFailures(between),
    ...collapseFailures(between),
    ...caseFailures(between, options),
    ...goldenFailures(vectors, options),
  ];
  return { ok: failures.length === 0, failures };
}
