import { expect, it } from 'vitest';
import { waitFor } from './wait.ts';

it('asks until the answer is yes', async () => {
  let asked = 0;
  await waitFor('the second answer', async () => (asked += 1) === 2, 60_000);
  expect(asked).toBe(2);
});

it('gives up with a sentence that says what did not happen', async () => {
  await expect(waitFor('a ready node', async () => false, 0)).rejects.toMatchObject({
    code: 'LUNA_TIMEOUT',
    message: 'LUNA_TIMEOUT: a ready node did not happen within 0 s',
  });
});

it('hands on what the question itself throws', async () => {
  const dead = new Error('the node ended');
  await expect(waitFor('a ready node', () => Promise.reject(dead), 60_000)).rejects.toBe(dead);
});
