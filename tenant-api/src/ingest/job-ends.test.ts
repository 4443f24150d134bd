import { expect, it } from 'vitest';
import { createJobEnds } from './job-ends.ts';

const never = new AbortController().signal;

it('wakes everybody who waits for the job, and nobody else', async () => {
  const ends = createJobEnds();
  const heard: string[] = [];
  const waits = ['a', 'a', 'b'].map((job) => ends.heard(job, never).then(() => heard.push(job)));
  ends.tell('a');
  await Promise.all(waits.slice(0, 2));
  expect(heard).toEqual(['a', 'a']);
  ends.tell('b');
  await waits[2];
  expect(heard).toEqual(['a', 'a', 'b']);
});

it('lets go when its caller does', async () => {
  const ends = createJobEnds();
  const gone = new AbortController();
  const wait = ends.heard('a', gone.signal);
  gone.abort();
  await expect(wait).resolves.toBeUndefined();
  await expect(ends.heard('a', gone.signal)).resolves.toBeUndefined();
});
