/** The languages that Luna answers in and stems for. */
export type Language = 'de' | 'en';

const marks: Record<Language, ReadonlySet<string>> = {
  de: new Set(
    'der die das den dem des ein eine einer einen ist sind war wird werden wurde und oder aber nicht auch mit von vom zum zur für auf aus bei nach über unter wie was wer wo wann warum welche welcher welches wieviel kann können muss müssen darf soll sich ich wir sie es man im am an als wenn dass bedeutet heißt gilt gibt mein meine unser ihre'.split(
      ' ',
    ),
  ),
  en: new Set(
    'the a an is are was were will be been and or but not also with of from to for on out at by after over under how what who where when why which much many can could must may shall should i we you they it its in as if that this these does do did mean means my our your their has have'.split(
      ' ',
    ),
  ),
};

/**
 * The language of a text by its function words: German or English, `fallback` where the words say nothing.
 * Looks at the first 4,000 characters; a short question is enough.
 */
export function detectLanguage(text: string, fallback: Language = 'de'): Language {
  const words =
    text
      .slice(0, 4000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  let balance = 0;
  for (const word of words) {
    if (marks.de.has(word)) balance += 1;
    if (marks.en.has(word)) balance -= 1;
    if (/[äöüß]/u.test(word)) balance += 0.5;
  }
  if (balance === 0) return fallback;
  return balance > 0 ? 'de' : 'en';
}

/** Reads a BCP 47 tag such as `de-AT` or `en`; undefined for languages Luna does not stem. */
export function languageOfTag(tag: string | undefined): Language | undefined {
  const primary = tag?.trim().toLowerCase().split(/[-_]/u)[0];
  return primary === 'de' || primary === 'en' ? primary : undefined;
}
