import { describe, expect, it } from 'vitest';
import { favourites, interestsOf, type UserEvent } from './interests.ts';

const now = new Date('2026-03-01T12:00:00Z');
const event = (itemId: string, type: string, daysAgo = 0): UserEvent => ({
  itemId,
  type,
  ts: new Date(now.getTime() - daysAgo * 86_400_000),
});
const tags = new Map([
  ['a', ['pv', 'speicher']],
  ['b', ['pv']],
  ['c', []],
]);

describe('interests', () => {
  it('weigh a solved problem more than a view, and what was long ago less', () => {
    const { items } = interestsOf([event('a', 'view'), event('b', 'solve'), event('c', 'solve', 30)], tags, now);
    expect([items.get('a'), items.get('b'), items.get('c')]).toEqual([1, 4, 2]);
  });
  it('share an item among its tags', () => {
    const found = interestsOf([event('a', 'like'), event('b', 'view')], tags, now).tags;
    expect(Object.fromEntries(found)).toEqual({ pv: 3, speicher: 2 });
  });
  it('turn away from what was disliked, and never count one item without end', () => {
    const many = Array.from({ length: 100 }, () => event('a', 'click'));
    const found = interestsOf([...many, event('b', 'dislike')], tags, now);
    expect(found.items.get('a')).toBe(8);
    expect(found.items.get('b')).toBe(-4);
    expect(favourites(found, 5)).toEqual(['a']);
  });
  it('of nobody are none', () => {
    expect(favourites(interestsOf([], tags, now), 5)).toEqual([]);
  });
});
