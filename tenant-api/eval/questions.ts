import { readFile } from 'node:fs/promises';

/** A question of the evaluation set. Without `file` the documents carry no answer. */
export interface Question {
  id: string;
  language: 'de' | 'en';
  question: string;
  half: 'development' | 'held-out';
  /** The document that answers it. */
  file?: string;
  /** Words of the passage that answers it. */
  expect?: string;
  /** The document is a scan and has to be read by OCR first. */
  ocr?: boolean;
}

/** Reads a file of one question a line. */
export async function readQuestions(path: string): Promise<Question[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Question);
}

/** Letters and digits with one space between words: line ends and table rules do not count. */
export function loosely(text: string): string {
  return text.replace(/[\s|]+/gu, ' ').trim();
}

/** Whether a passage is the one that a question expects. */
export function isExpected(question: Question, { source, text }: { source: string; text: string }): boolean {
  return question.file === source && loosely(text).includes(loosely(question.expect ?? ''));
}
