import type { Language } from '../text/language.ts';
import { distinctTerms, terms } from '../text/terms.ts';
import { questionTerms } from './evidence.ts';

/** A question that was asked before in the same conversation, oldest first. */
export interface Turn {
  question: string;
  answer?: string;
}

// Words that stand for something said before. Not "Sie" (the polite address), nor the "es" of "gibt es".
const pointing: Record<Language, RegExp> = {
  de: /(?<![\p{L}-])(?:er|sie|(?<!gibt )es|ihn|ihm|ihr|ihnen|dies|diese[mnrs]?|jene[mnrs]?|dort|davon|dafür|damit|dazu|darin|dabei|daran|darauf|daraus|dagegen|danach|davor|dessen|deren|beides?|beiden)(?![\p{L}-])/u,
  en: /\b(?:it|its|they|them|their|that|this|those|these|he|she|his|her|there|ones?|both)\b/iu,
};
const goesOn: Record<Language, RegExp> = {
  de: /^\s*(?:und|oder|aber|auch|sonst|warum nicht|wieso nicht)\b/iu,
  en: /^\s*(?:and|or|but|also|what about|how about|why not)\b/iu,
};
/** A question of fewer things is about what was said before. */
const OWN_TERMS = 2;
const MAX_CARRIED = 6;

/** Whether a question can only be understood with the one before it. */
export function isFollowUp(question: string, language: Language): boolean {
  if (goesOn[language].test(question) || pointing[language].test(question)) return true;
  return (
    questionTerms(question, language).length < OWN_TERMS && !terms(question, language).some((one) => one.identifier)
  );
}

/** What a question is about, in its own words: German nouns and identifiers, English words that carry meaning. */
function subjects(question: string, language: Language): string[] {
  const words = question.match(/[\p{L}\p{N}]+(?:[.,:/*_+-][\p{L}\p{N}]+)*/gu) ?? [];
  return words.filter((word, index) => {
    if (questionTerms(word, language).length === 0 || distinctTerms(word, language).length === 0) return false;
    return language === 'en' || /\p{N}/u.test(word) || (index > 0 && /^\p{Lu}/u.test(word));
  });
}

/**
 * The question as it can be searched for by itself: what the conversation is about is carried over to a question that only
 * points back to it. Without a model, so it adds words and never changes any; a question that stands alone is left as it is.
 */
export function standalone(question: string, history: readonly Turn[], language: Language): string {
  let about: string[] = [];
  let made = question;
  for (const one of [...history.map((turn) => turn.question), question]) {
    const own = new Set(distinctTerms(one, language).map((term) => term.key));
    const carried = isFollowUp(one, language)
      ? about.filter((word) => distinctTerms(word, language).every((term) => !own.has(term.key)))
      : [];
    made = carried.length === 0 ? one : `${one} (${carried.join(', ')})`;
    const mentioned = [...subjects(one, language), ...carried].slice(0, MAX_CARRIED);
    if (mentioned.length > 0) about = mentioned;
  }
  return made;
}
