import type { ChatMessage } from '../../tenant-api/src/ask/prompt.ts';

/** How the reader's model is told who says what, as a template of Ollama. */
export const chatMlTemplate = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`;

/** What {@link chatMlTemplate} makes of messages, up to where the assistant's turn begins. */
export function chatMl(messages: readonly ChatMessage[]): string {
  return messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('');
}

/** Where the model goes on after the messages. */
export const assistantsTurn = '<|im_start|>assistant\n';
