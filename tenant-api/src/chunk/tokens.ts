/** Counts the tokens a model will see in a text; never fewer than the real ones for ordinary text. */
export type TokenCounter = (text: string) => number;

const piece = /\p{L}+|\p{N}+|[^\s\p{L}\p{N}]/gu;
const letterStart = /^\p{L}/u;
const numberStart = /^\p{N}/u;

/**
 * A careful estimate without the model's tokenizer (Ollama offers none): a word costs its length over `charsPerToken`,
 * rounded up; digits cost one per two; every other sign costs one. What it still underestimates, the embedder finds out
 * from the server's refusal and splits.
 */
export function createTokenCounter(charsPerToken: number): TokenCounter {
  return (text) => {
    let count = 0;
    for (const [part] of text.matchAll(piece)) {
      if (letterStart.test(part)) count += Math.ceil(part.length / charsPerToken);
      else if (numberStart.test(part)) count += Math.ceil(part.length / 2);
      else count += 1;
    }
    return count;
  };
}
