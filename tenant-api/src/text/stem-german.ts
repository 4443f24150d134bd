const vowels = 'aeiouyäöü';
const isVowel = (letter: string | undefined): boolean => letter !== undefined && vowels.includes(letter);

/** Where the region after the first non-vowel that follows a vowel begins, looking from `from`. */
function regionAfter(word: string, from: number): number {
  for (let at = from + 1; at < word.length; at += 1) {
    if (isVowel(word[at - 1]) && !isVowel(word[at])) return at + 1;
  }
  return word.length;
}

/** u and y between vowels are consonants; they are written large while the endings are taken off. */
function marked(word: string): string {
  return word
    .replace(/ß/gu, 'ss')
    .replace(/(?<=[aeiouyäöü])u(?=[aeiouyäöü])/gu, 'U')
    .replace(/(?<=[aeiouyäöü])y(?=[aeiouyäöü])/gu, 'Y');
}

/** Takes the longest of the endings off if it begins in the region. */
function without(word: string, ending: RegExp, region: number): string {
  const match = ending.exec(word);
  return match && match.index >= region ? word.slice(0, match.index) : word;
}

function declension(word: string, r1: number): string {
  const longest = /(?:ern|em|er|en|es|e|(?<=[bdfghklmnrt])s)$/u;
  const shorter = without(word, longest, r1);
  // Ergebnisse, Hindernissen: the doubled s belongs to the ending.
  return shorter !== word && /(?:en|es|e)$/u.test(word) ? shorter.replace(/niss$/u, 'nis') : shorter;
}

function comparison(word: string, r1: number): string {
  return without(word, /(?:est|en|er|(?<=\p{L}{3}[bdfghklmnt])st)$/u, r1);
}

function derivation(word: string, r1: number, r2: number): string {
  const match = /(?:end|ung|ig|ik|isch|lich|heit|keit)$/u.exec(word);
  if (!match || match.index < r2) return word;
  const rest = word.slice(0, match.index);
  switch (match[0]) {
    case 'end':
    case 'ung':
      return without(rest, /(?<!e)ig$/u, r2);
    case 'ig':
    case 'ik':
    case 'isch':
      return rest.endsWith('e') ? word : rest;
    case 'keit':
      return without(without(rest, /lich$/u, r2), /ig$/u, r2);
    default:
      return without(rest, /(?:er|en)$/u, r1);
  }
}

/** Of verbs: abgeschaltet and abschalten, wechseln and Wechsel. Not of Snowball's first version, which the search index has. */
function conjugation(word: string, r1: number): string {
  return without(without(word, /(?<=\p{L}{3})(?<!i|tr)et$/u, r1), /(?<=\p{L}{2}el)n$/u, r1);
}

/**
 * The Snowball stemmer for German, with the endings -et and -eln of its third version. Takes a word in lower case with its
 * umlauts; gives the stem without them.
 */
export function stemGerman(lower: string): string {
  const word = marked(lower);
  const r1 = Math.max(3, regionAfter(word, 0));
  const r2 = regionAfter(word, regionAfter(word, 0));
  return derivation(conjugation(comparison(declension(word, r1), r1), r1), r1, r2)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '');
}
