/** Removes diacritics and writes ß as ss: what uncased BERT vocabularies were trained on. */
export function foldDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ß/gu, 'ss')
    .replace(/ẞ/gu, 'SS')
    .normalize('NFC');
}
