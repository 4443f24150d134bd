import { describe, expect, it } from 'vitest';
import { detectLanguage, languageOfTag } from './language.ts';

describe('detectLanguage', () => {
  it.each([
    ['Was bedeutet die OBIS-Kennzahl 1.8.0?', 'de'],
    ['Wofür steht 2.8.0?', 'de'],
    ['How often should batteries be checked?', 'en'],
    ['What does OBIS code 1.8.0 mean?', 'en'],
    ['Zählerstände', 'de'],
  ] as const)('%s is %s', (text, language) => expect(detectLanguage(text)).toBe(language));
  it('falls back where words say nothing', () => {
    expect(detectLanguage('1.8.0')).toBe('de');
    expect(detectLanguage('1.8.0', 'en')).toBe('en');
  });
});

describe('languageOfTag', () => {
  it.each([
    ['de-AT', 'de'],
    ['EN_us', 'en'],
    ['fr', undefined],
    [undefined, undefined],
  ] as const)('%s is %s', (tag, language) => expect(languageOfTag(tag)).toBe(language));
});
