import { seededRandom } from '../../../tenant-api/test/support/random.ts';
import { phrases, type Phrases } from './phrases.ts';

export type Language = 'de' | 'en';

export interface Section {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

/** A made-up document of a page, more or less, and a question that it alone answers. */
export interface BenchDocument {
  /** Without an extension; no two are the same. */
  readonly name: string;
  readonly language: Language;
  readonly title: string;
  readonly sections: readonly Section[];
  readonly question: string;
}

const SECTIONS = { least: 2, most: 4 };
const PARAGRAPHS = { least: 1, most: 2 };
const SENTENCES = { least: 3, most: 5 };

type Random = () => number;

const between = (random: Random, { least, most }: { least: number; most: number }): number =>
  least + Math.floor(random() * (most - least + 1));

function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('LUNA_BENCH_DOCUMENTS: nothing to pick from');
  return one;
}

function fill(random: Random, template: string, words: Phrases['words']): string {
  return template.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    name === 'number' ? String(between(random, { least: 2, most: 28 })) : pick(random, words[name] ?? []),
  );
}

function paragraph(random: Random, { sentences, words }: Phrases): string {
  const count = between(random, SENTENCES);
  return Array.from({ length: count }, () => fill(random, pick(random, sentences), words)).join(' ');
}

function section(random: Random, heading: string, spoken: Phrases): Section {
  const count = between(random, PARAGRAPHS);
  return { heading, paragraphs: Array.from({ length: count }, () => paragraph(random, spoken)) };
}

/** Every other one is German. The same seed gives the same documents, however many are asked for. */
export function makeDocument(seed: number, index: number): BenchDocument {
  const random = seededRandom(seed * 1_000_003 + index);
  const language = index % 2 === 0 ? 'de' : 'en';
  const spoken = phrases[language];
  const number = String(index + 1).padStart(4, '0');
  const own = { device: [`${pick(random, spoken.devices)} T-${number}`], value: [String(100 + index)] };
  const headings = spoken.headings.slice(0, between(random, SECTIONS));
  const sections = headings.map((heading) => section(random, heading, spoken));
  const at = Math.floor(random() * sections.length);
  return {
    name: `bench-${number}`,
    language,
    title: `${pick(random, spoken.titles)} ${number}`,
    sections: sections.map((one, place) =>
      place === at ? { ...one, paragraphs: [...one.paragraphs, fill(random, spoken.fact, own)] } : one,
    ),
    question: fill(random, spoken.question, own),
  };
}
