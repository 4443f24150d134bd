import type { Language } from '../text/language.ts';

// Questions whose answer holds a figure, a date or a frequency.
const asks: Record<Language, RegExp> = {
  de: /\bwie\s?(?:viele?|hoch|lange?|oft|groß|weit|teuer|schnell|häufig|stark|alt|warm|kalt|tief|schwer|dick|breit|spät|früh)\b|\b(?:wann|wieviele?)\b|\b(?:ab|bis|bei|mit|zu|um|in|unter|über)\s+welche[mrn]?\b|\bwas\s+kostet\b|\bwelche[rsmn]?\s+(?:anzahl|jahr|datum|uhrzeit|frist|zahl|prozentsatz|anteil|wert|grenzwert)\b/iu,
  en: /\bhow\s+(?:many|much|often|long|high|large|big|far|fast|old|tall|deep|hot|cold|strong|late|early)\b|\bwhen\b|\b(?:what|which|at\s+what|at\s+which)\s+(?:year|date|time|day|month|share|percentage|percent|number|amount|value|limit|voltage|temperature|age)\b|\bwhat\s+does\b.*\bcost\b/iu,
};

const figure: Record<Language, RegExp> = {
  de: /\p{N}|\b(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hundert|tausend|halb\p{L}*|doppelt\p{L}*|ein-?mal|zwei-?mal|drei-?mal|(?:halb|viertel)?(?:täglich|wöchentlich|monatlich|jährlich|stündlich)\p{L}*|nie|niemals|immer|(?:jede[rsnm]?|einem?|einer)\s+(?:tag|woche|monat|jahr|stunde|minute|viertelstunde)\p{L}*)\b/iu,
  en: /\p{N}|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|half|double|once|twice|(?:dai|hour|week|month|quarter|year|annual)l?y|never|always|(?:every|each|one|an?)\s+(?:day|week|month|year|hour|minute|quarter))\b/iu,
};

/** Whether the question asks for a number, an amount, a point in time or a frequency. */
export function asksForFigure(question: string, language: Language): boolean {
  return asks[language].test(question);
}

/** Whether a sentence holds one. */
export function givesFigure(text: string, language: Language): boolean {
  return figure[language].test(text);
}
