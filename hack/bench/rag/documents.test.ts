import { expect, test } from 'vitest';
import { makeDocument } from './documents.ts';
import { fileOf, wrapped } from './files.ts';

const documents = Array.from({ length: 40 }, (_, index) => makeDocument(7, index));
const textOf = ({ sections }: (typeof documents)[number]): string =>
  sections.flatMap(({ paragraphs }) => paragraphs).join('\n');

test('a seed gives the same documents again, and another one others', () => {
  expect(makeDocument(7, 3)).toEqual(documents[3]);
  expect(textOf(makeDocument(8, 3))).not.toBe(textOf(documents[3] ?? makeDocument(7, 3)));
});

test('documents are filled in, of a page, in both languages, and each holds what it is asked for', () => {
  const names = documents.map(({ question }) => /T-\d{4}/u.exec(question)?.[0] ?? 'nothing');
  expect(new Set(names).size).toBe(documents.length);
  for (const [index, document] of documents.entries()) {
    const text = textOf(document);
    expect(text).not.toMatch(/[{}]/u);
    expect(text).toContain(names[index]);
    expect(text.length).toBeGreaterThan(400);
    expect(text.length).toBeLessThan(4_500);
  }
  expect(documents.filter(({ language }) => language === 'de')).toHaveLength(20);
});

test('files are of the kinds that they are named, and every kind comes in both languages', () => {
  const files = documents.map((document, index) => fileOf(document, index));
  const marks: Record<string, string> = { pdf: '%PDF', docx: 'PK', html: '<!doctype' };
  for (const { name, content } of files) {
    const mark = marks[name.split('.')[1] ?? ''] ?? 'unknown';
    expect(content.toString('latin1', 0, mark.length)).toBe(mark);
  }
  const kinds = files.map(({ name }, index) => `${name.split('.')[1]} ${documents[index]?.language}`);
  expect(new Set(kinds).size).toBe(6);
});

test('lines are broken between words and lose none', () => {
  const text = 'eins zwei drei vier fünf';
  expect(wrapped(text, 10)).toEqual(['eins zwei', 'drei vier', 'fünf']);
  expect(wrapped(text, 3).join(' ')).toBe(text);
});
