import type { Language } from './language.ts';
import { foldDiacritics } from './fold.ts';

const stopwords: Record<Language, ReadonlySet<string>> = {
  de: new Set(
    'ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein dem den denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch fuer für gegen hat hatte ich ihm ihn ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes kann kein keine koennen können man mein meine mich mir mit muss muessen müssen nach nicht noch nun nur ob oder ohne sehr sein seine seinem seinen seiner sich sie sind so soll sollen sollte ueber über um und uns unser unsere unter vom von vor war waren warum was weil welche welchem welchen welcher welches wenn wer werden wie wieder wieviel viel viele will wir wird wo wofuer wofür woran worauf wurde wurden zu zum zur zwischen bitte gibt gilt mal denn sagen sagt'.split(
      ' ',
    ),
  ),
  en: new Set(
    'a about all also am an and any are as at be been but by can could did do does for from had has have how i if in into is it its many may me much must my no not of on one or our out shall should so some than that the their them then there these they this those to us was we were what when where which who whom whose why will with would you your please tell'.split(
      ' ',
    ),
  ),
};

/** One thing a text talks about: a stemmed word, or an identifier such as `1.8.0` or `VDE-AR-N` kept exactly as it is. */
export interface Term {
  key: string;
  identifier: boolean;
}

// Letters and digits joined by the signs that identifiers are joined by; what follows a sign must be more of the token.
const token = /[\p{L}\p{N}]+(?:[.,:/*_+-][\p{L}\p{N}]+)*/gu;

function isIdentifier(raw: string): boolean {
  if (!/\p{N}/u.test(raw)) return false;
  return /[.,:/*_+-]/u.test(raw) || /\p{L}/u.test(raw) || raw.length >= 3;
}

const deSuffixes = /(?:erinnen|erin)$/u;
const deEndings = /(?:ern|em|en|er|es|et|te|st|e|s|n|t)$/u;
/** Inflections stand on top of each other (gewart-et-en); what is left must still be a word's beginning. */
const MAX_ENDINGS = 3;

function stemDe(word: string): string {
  let stem = word.length > 8 ? word.replace(deSuffixes, '').replace(/(ung|heit|keit)en$/u, '$1') : word;
  for (let count = 0; count < MAX_ENDINGS && stem.length > (count === 0 ? 4 : 5); count += 1) {
    stem = stem.replace(deEndings, '');
  }
  return stem;
}

function stemEn(word: string): string {
  if (word.length <= 3) return word;
  return word
    .replace(/(?:sses)$/u, 'ss')
    .replace(/ies$/u, 'y')
    .replace(/(?<=[^su])s$/u, '')
    .replace(/(?<=\p{L}{3})(?:ing|edly|ed|ly)$/u, '')
    .replace(/(?<=\p{L}{3})e$/u, '');
}

/** A light stem, diacritics folded: enough to bring inflections together, never so much that different words meet often. */
export function stem(word: string, language: Language): string {
  const folded = foldDiacritics(word.toLowerCase());
  return language === 'de' ? stemDe(folded) : stemEn(folded);
}

// After these endings a German compound always has its joining s: Kündigung-s-frist, Leistung-s-preis.
const joint = /^(\p{L}{2,}(?:ung|heit|keit|ion|schaft|tät|tum|ling))s(\p{L}{4,})$/iu;

/** The parts of a German compound, as far as its joints show; the word itself where none does. */
export function compoundParts(word: string): string[] {
  const match = joint.exec(word);
  if (!match) return [word];
  const [, head = '', rest = ''] = match;
  return [...compoundParts(head), ...compoundParts(rest)];
}

function wordTerms(raw: string, language: Language): Term[] {
  const parts = raw.split(/[.,:/*_+-]/u).filter((part) => part.length > 1);
  const words = language === 'de' ? parts.flatMap(compoundParts) : parts;
  return words
    .filter((part) => !stopwords[language].has(part.toLowerCase()))
    .map((part) => ({ key: stem(part, language), identifier: false }));
}

/**
 * The terms of a text in order, repeated where repeated. Identifiers are also given by their word parts, so that
 * `OBIS-Kennzahl` meets `Kennzahl` and `1-0:1.8.0` is met by `1.8.0` through {@link termMatch}; German compounds are given by their parts.
 */
export function terms(text: string, language: Language): Term[] {
  const found: Term[] = [];
  for (const [raw] of text.matchAll(token)) {
    if (isIdentifier(raw)) found.push({ key: raw.toLowerCase(), identifier: true });
    else found.push(...wordTerms(raw, language));
  }
  return found;
}

/** Distinct terms of a text, in order of first appearance. */
export function distinctTerms(text: string, language: Language): Term[] {
  const seen = new Map(terms(text, language).map((term) => [term.key, term]));
  return [...seen.values()];
}

function identifierMatch(wanted: string, there: string): number {
  if (wanted === there) return 1;
  const at = there.indexOf(wanted);
  const bounded =
    at >= 0 && !/[\p{L}\p{N}.]/u.test(there[at - 1] ?? ' ') && !/[\p{L}\p{N}.]/u.test(there[at + wanted.length] ?? ' ');
  return bounded ? 0.9 : 0;
}

/** Compounds that begin and end alike and differ in the middle: Jahresverbrauch, Jahresstromverbrauch. */
function sameEnds(short: string, long: string): boolean {
  let head = 0;
  while (head < short.length && short[head] === long[head]) head += 1;
  let tail = 0;
  while (tail < short.length - head && short.at(-1 - tail) === long.at(-1 - tail)) tail += 1;
  return head >= 4 && tail >= 6 && head + tail === short.length;
}

/**
 * How well a term of the text answers a term of the question, 0..1: the same stem is 1; a German compound that contains
 * the word (or is contained in it) counts in part; identifiers must be exactly the same or the same after a prefix sign.
 */
export function termMatch(wanted: Term, there: Term): number {
  if (wanted.key === there.key) return 1;
  if (wanted.identifier || there.identifier)
    return wanted.identifier && there.identifier ? identifierMatch(wanted.key, there.key) : 0;
  const [short, long] = wanted.key.length <= there.key.length ? [wanted.key, there.key] : [there.key, wanted.key];
  if (short.length >= 5 && long.includes(short)) return 0.4 + 0.5 * (short.length / long.length);
  return sameEnds(short, long) ? 0.6 : 0;
}
