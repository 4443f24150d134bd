import type { Language } from './language.ts';
import { foldDiacritics } from './fold.ts';
import { stemGerman } from './stem-german.ts';

const stopwords: Record<Language, ReadonlySet<string>> = {
  de: new Set(
    'ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein dem den denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch fuer für gegen hat hatte ich ihm ihn ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes kann kein keine koennen können man mein meine mich mir mit muss muessen müssen nach nicht noch nun nur ob oder ohne sehr sein seine seinem seinen seiner sich sie sind so soll sollen sollte ueber über um und uns unser unsere unter vom von vor war waren warum was weil welche welchem welchen welcher welches wenn wer werden wie wieder wieviel viel viele will wir wird wo wofuer wofür woran worauf wurde wurden zu zum zur zwischen bitte gibt gilt mal sagen sagt haben habe hast hatten hätte hätten gehabt bin sei seien wäre wären würde würden worden geworden werde darf dürfen durfte dürfte mag möchte möchten mögen sollte konnte könnte könnten musste mussten müsste wollen wollte lassen lässt lasst tun tut getan macht machen gemacht geben geht gehen woher wohin wann wen wem wessen dabei dafür davon dazu darin damit laut etwa ungefähr genau jeweils immer schon dazu wozu womit wobei worin wovon stehen steht hier eigentlich überhaupt sowie bzw selbst anderen andere anderer anderes'.split(
      ' ',
    ),
  ),
  en: new Set(
    'a about all also am an and any are as at be been but by can could did do does for from had has have how i if in into is it its many may me much must my no not of on one or our out shall should so some than that the their them then there these they this those to us was we were what when where which who whom whose why will with would you your please tell has having does doing being might need needs get gets got each per only via over more most there here such every'.split(
      ' ',
    ),
  ),
};

/** One thing a text talks about: a stemmed word, or an identifier such as `1.8.0` or `VDE-AR-N` kept exactly as it is. */
export interface Term {
  key: string;
  identifier: boolean;
  /** Of a German compound, where a vocabulary knows them: what it is made of, its head last. */
  parts?: readonly string[];
}

/** Cuts a German compound into words; gives nothing for what is none. */
export type Cutter = (word: string) => readonly string[];

// Letters and digits joined by the signs that identifiers are joined by; what follows a sign must be more of the token.
const token = /[\p{L}\p{N}]+(?:[.,:/*_+-][\p{L}\p{N}]+)*/gu;

function isIdentifier(raw: string): boolean {
  if (!/\p{N}/u.test(raw)) return false;
  return /[.,:/*_+-]/u.test(raw) || /\p{L}/u.test(raw) || raw.length >= 3;
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

// abgerufen, geprüft: without its ge the word meets abrufen and prüfen. Nouns (Gericht) are written large and keep theirs.
const participle = /^(\p{Ll}{2,6})??ge(\p{Ll}{3,}?)(?:e?t|en)(?:e[mnrs]?)?$/u;
const verbPrefix = /^(?:ab|an|auf|aus|bei|durch|ein|fest|her|hin|los|mit|nach|um|vor|weg|weiter|zu|zurück|zusammen)?$/u;

function infinitive(word: string): string {
  const [, prefix = '', root = ''] = participle.exec(word) ?? [];
  return root !== '' && verbPrefix.test(prefix) ? `${prefix}${root}en` : word;
}

/** Zaehler, Groesse: umlauts as they are typed where the keyboard has none. Not after q, a or e: Quelle, Frequenz, neue. */
function withUmlauts(word: string): string {
  return word.replace(/(?<![qaeä])ue|ae|oe/gu, (pair) => ({ ue: 'ü', ae: 'ä', oe: 'ö' })[pair] ?? pair);
}

/** The stem of a word, diacritics folded: it brings inflections together, and seldom different words. */
export function stem(word: string, language: Language): string {
  if (language === 'de') return stemGerman(withUmlauts(infinitive(word).toLowerCase()));
  return stemEn(foldDiacritics(word.toLowerCase()));
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

function wordTerm(word: string, language: Language, cut: Cutter | undefined): Term {
  const key = stem(word, language);
  const parts = language === 'de' && cut ? cut(word) : [];
  return {
    ...{ key, identifier: false },
    ...(parts.length > 1 ? { parts: parts.map((part) => stem(part, language)) } : {}),
  };
}

function wordTerms(raw: string, language: Language, cut?: Cutter): Term[] {
  const parts = raw.split(/[.,:/*_+-]/u).filter((part) => part.length > 1);
  const words = language === 'de' ? parts.flatMap(compoundParts) : parts;
  return words
    .filter((part) => !stopwords[language].has(part.toLowerCase()))
    .map((part) => wordTerm(part, language, cut));
}

/**
 * The terms of a text in order, repeated where repeated. Identifiers are also given by their word parts, so that
 * `OBIS-Kennzahl` meets `Kennzahl` and `1-0:1.8.0` is met by `1.8.0` through {@link termMatch}; German compounds are given
 * by their parts where a joint shows, and with their parts where `cut` knows them.
 */
export function terms(text: string, language: Language, cut?: Cutter): Term[] {
  const found: Term[] = [];
  for (const [raw] of text.matchAll(token)) {
    if (isIdentifier(raw)) found.push({ key: raw.toLowerCase(), identifier: true });
    else found.push(...wordTerms(raw, language, cut));
  }
  return found;
}

/** Distinct terms of a text, in order of first appearance. */
export function distinctTerms(text: string, language: Language, cut?: Cutter): Term[] {
  const seen = new Map(terms(text, language, cut).map((term) => [term.key, term]));
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
  if (wanted.identifier !== there.identifier) return 0;
  return wanted.identifier ? identifierMatch(wanted.key, there.key) : wordMatch(wanted.key, there.key);
}

// What may follow a stem in words of its family: abschalt-bar, Mess-ung, Wirtschaft-lich-keit.
const ending = /^\p{L}{0,3}(?:bar|haft|heit|keit|lich|los|sam|schaft|ung)?$/u;

/** A compound of which only the beginning is there: Mindestlohn, mindestens. What it is is missing, it is its last word that says it. */
const lacksHead = (wanted: string, there: string): boolean =>
  wanted.startsWith(there) && !ending.test(wanted.slice(there.length));

function wordMatch(wanted: string, there: string): number {
  const [short, long] = wanted.length <= there.length ? [wanted, there] : [there, wanted];
  if (short.length >= 5 ? long.includes(short) : short.length === 4 && long.startsWith(short))
    return lacksHead(wanted, there) ? PARTS * (1 - HEAD) : 0.4 + 0.5 * (short.length / long.length);
  return sameEnds(short, long) ? 0.6 : 0;
}

/** What a compound's parts are worth where the compound itself is not there: its head says what it is. */
const PARTS = 0.9;
const HEAD = 0.6;

const plain = (key: string): Term => ({ key, identifier: false });

function bestSingle(wanted: Term, there: readonly Term[]): number {
  return there.reduce((best, term) => {
    const ofParts = (term.parts ?? []).map((part) => PARTS * termMatch(wanted, plain(part)));
    return Math.max(best, termMatch(wanted, term), ...ofParts);
  }, 0);
}

/** How well a text answers a term of the question, 0..1: by the word, or by all the parts of a compound wherever they stand. */
export function termCover(wanted: Term, there: readonly Term[]): number {
  const whole = bestSingle(wanted, there);
  const parts = wanted.parts ?? [];
  if (whole === 1 || parts.length < 2) return whole;
  const found = parts.map((part) => bestSingle(plain(part), there));
  const before = found.slice(0, -1).reduce((sum, one) => sum + one, 0) / (found.length - 1);
  return Math.max(whole, PARTS * (HEAD * (found.at(-1) ?? 0) + (1 - HEAD) * before));
}
