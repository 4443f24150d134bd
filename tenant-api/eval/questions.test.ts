import { expect, it } from 'vitest';
import { isExpected, type Question } from './questions.ts';

const question: Question = {
  ...{ id: 'q', language: 'de', question: 'Was kostet der Strom?', half: 'development' },
  ...{ file: 'preise.txt', expect: 'Arbeitspreis 31 Cent' },
};

it('expects the words of the right document, however lines and tables break them', () => {
  const passage = (source: string, text: string): boolean => isExpected(question, { source, text });
  expect(passage('preise.txt', 'Heute: Arbeitspreis |\n31 Cent je kWh')).toBe(true);
  expect(passage('andere.txt', 'Arbeitspreis 31 Cent')).toBe(false);
  expect(passage('preise.txt', 'Arbeitspreis 30 Cent')).toBe(false);
});
