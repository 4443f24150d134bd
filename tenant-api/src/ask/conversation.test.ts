import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFollowUp, standalone } from './conversation.ts';

const asked = (...questions: string[]): { question: string }[] => questions.map((question) => ({ question }));

describe('a question in a conversation', () => {
  it.each([
    ['Und bei einer Preiserhöhung?', 'de', true],
    ['Wie lange dauert sie?', 'de', true],
    ['Warum?', 'de', true],
    ['Wie hoch ist die Konzessionsabgabe für Sondervertragskunden?', 'de', false],
    ['Können Sie mir die Frist für den Umzug nennen?', 'de', false],
    ['Was bedeutet 1.8.0?', 'de', false],
    ['How often is it tested?', 'en', true],
    ['How often is the lead-acid battery tested?', 'en', false],
  ] as const)('%s (%s) points back: %s', (question, language, expected) => {
    expect(isFollowUp(question, language)).toBe(expected);
  });

  it('takes over what the conversation is about', () => {
    const history = asked('Wie lange ist die Kündigungsfrist bei einem Umzug?');
    expect(standalone('Und bei einer Preiserhöhung?', history, 'de')).toBe(
      'Und bei einer Preiserhöhung? (Kündigungsfrist, Umzug)',
    );
    expect(standalone('How often is it tested?', asked('Where does the spare battery stand?'), 'en')).toBe(
      'How often is it tested? (spare, battery, stand)',
    );
  });
  it('remembers over several questions', () => {
    const history = asked('Wie lange ist die Kündigungsfrist?', 'Warum?');
    expect(standalone('Gilt sie auch für den Gasvertrag?', history, 'de')).toContain('Kündigungsfrist');
  });
  it('stays as it is when it stands alone, or nothing was said before', () => {
    const question = 'Wie hoch ist die Konzessionsabgabe für Sondervertragskunden?';
    expect(standalone(question, asked('Wie lange ist die Kündigungsfrist?'), 'de')).toBe(question);
    expect(standalone('Warum?', [], 'de')).toBe('Warum?');
  });
  it('always begins with the question itself', () => {
    const text = fc.string({ unit: fc.constantFrom('Und ', 'sie ', 'Frist ', 'die ', '1.8.0 ', '? ') });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 5 }), (question, before) => {
        expect(standalone(question, asked(...before), 'de').startsWith(question)).toBe(true);
      }),
    );
  });
});
