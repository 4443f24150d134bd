/** Ollama gives up a model whose runner does not come up only when the caller leaves; a busy machine takes a runner's port away. */
const ATTEMPTS = 6;
const ATTEMPT_MS = 20_000;

const server = (): string => process.env['OLLAMA_URL'] ?? '';

/** Brings the model into memory with this context, in tokens, so that what a test asks of it is the answer and not the loading. */
export async function loadChatModel(model: string, contextLength: number): Promise<void> {
  const body = JSON.stringify({ model, options: { num_ctx: contextLength }, keep_alive: -1, stream: false });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const signal = AbortSignal.timeout(ATTEMPT_MS);
      const answer = await fetch(`${server()}/api/generate`, { method: 'POST', body, signal });
      if (answer.ok) return;
      throw new Error(`${answer.status}: ${await answer.text()}`);
    } catch (error) {
      if (attempt === ATTEMPTS) throw new Error(`${model} could not be loaded`, { cause: error });
    }
  }
}

/** The context that the model is loaded with, in tokens: a request for another one would have loaded it anew. */
export async function loadedContext(model: string): Promise<number | undefined> {
  const answer = await fetch(`${server()}/api/ps`);
  const { models } = (await answer.json()) as { models: { model: string; context_length: number }[] };
  return models.find((one) => one.model === `${model}:latest`)?.context_length;
}
