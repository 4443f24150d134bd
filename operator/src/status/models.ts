import { podsOf, type Observed } from '../observed.ts';
import type { Finding } from './finding.ts';

/** Ollama, with the optional models (chat, reader) that it serves without: its init container says which, and why. */
export function models(found: Finding, observed: Observed): Finding {
  if (found.reason !== 'Running') return found;
  const missing = podsOf(observed, 'ollama')
    .flatMap((pod) => pod.status?.initContainerStatuses ?? [])
    .flatMap(({ state }) => (state?.terminated?.exitCode === 0 ? (state.terminated.message ?? []) : []))
    .filter((words) => words.trim() !== '');
  if (missing.length === 0) return found;
  const message = `Ollama is ready, but not every model is there: ${missing.join('; ')} (check spec.models.chat and spec.models.reader)`;
  return { ...found, reason: 'ModelMissing', message, trouble: true };
}
