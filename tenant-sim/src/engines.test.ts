import { expect, test } from 'vitest';
import { EXPECTED, fingerprint } from './testing/fingerprint.ts';

test('the rows are the same on every engine', async () => {
  expect(await fingerprint()).toBe(EXPECTED);
});

test('the generators use none of the functions whose last bit an engine may choose', async () => {
  const { readFile, readdir } = await import('node:fs/promises');
  const here = new URL('.', import.meta.url);
  for (const folder of ['market', 'math', 'meters', 'random', 'time', 'weather']) {
    for (const file of await readdir(new URL(`${folder}/`, here))) {
      if (!file.endsWith('.ts') || file.includes('.test.')) continue;
      const text = (await readFile(new URL(`${folder}/${file}`, here), 'utf8')).replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
      expect(
        text.match(
          /Math\.(exp|log|pow|sin|cos|tan|a?sinh|a?cosh|a?tanh|asin|acos|atan2?|cbrt|hypot|expm1|log1p|log2|log10)\b/,
        ),
        file,
      ).toBeNull();
    }
  }
});
