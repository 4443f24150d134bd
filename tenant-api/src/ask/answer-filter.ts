import { createCitationFilter } from './citations.ts';
import { createLinkFilter } from './guard.ts';

/** Takes a generated answer piece by piece and gives back what may be shown of it: no citation and no link that no source has. */
export function createAnswerFilter(
  passages: number,
  sources: readonly string[],
): { push: (piece: string) => string; end: () => string } {
  const links = createLinkFilter(sources);
  const citations = createCitationFilter(passages);
  return {
    push: (piece) => citations.push(links.push(piece)),
    end: () => citations.push(links.end()) + citations.end(),
  };
}
