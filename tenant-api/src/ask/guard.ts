// Sentences that speak to an assistant and not to a reader. They are no evidence, whatever words of the question they repeat.
const orders = [
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous)\b/iu,
  /\b(?:ignorier\p{L}*|vergiss|vergessen sie|missachte\p{L}*)\b.{0,60}(?:anweisung|instruktion|vorgabe|regel|prompt|bisherige)/iu,
  /\b(?:system prompt|systemprompt|you are now|act as|du bist (?:jetzt|ab sofort|nun)|antworte (?:nur|immer|ab jetzt))\b/iu,
  /\b(?:call|fetch|open|visit|request|send\b.{0,40}\bto)\b.{0,40}https?:\/\//iu,
  /(?:\b(?:rufe?|öffne|besuche|sende|schicke)\b.{0,60})https?:\/\//iu,
];

/** Whether a sentence of a document gives orders to an assistant. */
export function givesOrders(text: string): boolean {
  return orders.some((pattern) => pattern.test(text));
}

const link = /!?\[[^\]\n]*\]\(\s*<?https?:\/\/[^)\s]*[^)\n]*\)|https?:\/\/[^\s<>")\]]+/giu;
const address = /https?:\/\/[^\s<>")\]]+/iu;

/** Takes out of a generated answer every link that no source has: an image or a link is how a document would make it talk to a server. */
export function withoutForeignLinks(answer: string, sources: readonly string[]): string {
  return answer.replace(link, (found) => {
    const url = (address.exec(found)?.[0] ?? '').replace(/[.,;:!?]+$/u, '');
    return !found.startsWith('!') && url !== '' && sources.some((source) => source.includes(url)) ? found : '';
  });
}

/** The same for an answer that comes in pieces. */
export interface LinkFilter {
  push(piece: string): string;
  end(): string;
}

/** The beginning of a link that has not ended yet: it is held back until it is whole. */
const open =
  /(?:!?\[[^\]\n]{0,200}(?:\](?:\([^)\n]{0,2000})?)?|(?:h|ht|htt|http|https|https?:|https?:\/|https?:\/\/\S{0,2000})|!)$/iu;
const MARK = /\[[\d\s,]*\]?$/u;

/** Holds a link back until it has ended, and lets through only what the sources have. */
export function createLinkFilter(sources: readonly string[]): LinkFilter {
  let held = '';
  return {
    push: (piece) => {
      held += piece;
      const match = MARK.test(held) ? null : open.exec(held);
      const cut = match?.index ?? held.length;
      const ready = held.slice(0, cut);
      held = held.slice(cut);
      return withoutForeignLinks(ready, sources);
    },
    end: () => {
      const rest = withoutForeignLinks(held, sources);
      held = '';
      return rest;
    },
  };
}
