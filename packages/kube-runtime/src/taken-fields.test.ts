import { expect, it } from 'vitest';
import { isTakenWhole } from './taken-fields.ts';

const desired = { spec: { podSelector: {} } };
const narrowed = { spec: { podSelector: { matchLabels: { a: 'b' } } } };

it('sees an empty object that somebody filled as one whole', () => {
  expect(isTakenWhole(desired, narrowed, [{ 'f:spec': { 'f:podSelector': {} } }])).toBe(true);
});

it('leaves to others what they added to a map, what is still empty, and what only we own', () => {
  const labels = { metadata: { labels: {} } };
  const theirs = [{ 'f:metadata': { 'f:labels': { 'f:team': {} } } }];
  expect(isTakenWhole(labels, { metadata: { labels: { team: 'blue' } } }, theirs)).toBe(false);
  expect(isTakenWhole(desired, desired, [{ 'f:spec': { 'f:podSelector': {} } }])).toBe(false);
  expect(isTakenWhole(desired, narrowed, [])).toBe(false);
  expect(isTakenWhole(desired, narrowed, [{ 'f:status': {} }])).toBe(false);
});
