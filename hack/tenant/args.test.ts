import { describe, expect, it } from 'vitest';
import { parseInvocation } from './args.ts';

describe('parseInvocation', () => {
  it('takes the tenant from the option, then the environment, then demo', () => {
    const tenant = (args: string[], env: Record<string, string>): string | undefined =>
      parseInvocation(args, env)?.tenant;
    expect(tenant(['status', '--tenant', 'a'], { TENANT: 'b' })).toBe('a');
    expect(tenant(['status'], { TENANT: 'b' })).toBe('b');
    expect(tenant(['status'], { TENANT: '' })).toBe('demo');
  });

  it('joins nothing and loses nothing of a question', () => {
    expect(parseInvocation(['ask', 'Was ist 1.8.0?'], {})?.words).toEqual(['Was ist 1.8.0?']);
  });

  it.each([
    [[], 'A command is missing'],
    [['dance'], 'There is no command "dance"'],
    [['toString'], 'There is no command'],
    [['logs', '--tail', 'x'], '--tail wants a number'],
    [['status', '--tenant', 'A/../b'], "no tenant's name"],
    [['status', '--nonsense'], 'nonsense'],
  ])('%j is refused with a sentence', (args, sentence) => {
    expect(() => parseInvocation(args, {})).toThrow(sentence);
  });

  it('answers nothing where help is wanted', () => {
    expect(parseInvocation(['--help'], {})).toBeUndefined();
  });
});
