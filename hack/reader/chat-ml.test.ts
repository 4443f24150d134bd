import { expect, it } from 'vitest';
import { assistantsTurn, chatMl, chatMlTemplate } from './chat-ml.ts';

/** What a template of Ollama makes of one message: as much of it as ours uses. */
function rendered(template: string, role: string, content: string): string {
  const [, each = '', after = ''] = /^\{\{ range \.Messages \}\}(.*)\{\{ end \}\}(.*)$/su.exec(template) ?? [];
  return each.replace('{{ .Role }}', role).replace('{{ .Content }}', content) + after;
}

it('is written in teaching as the server writes it', () => {
  expect(chatMl([{ role: 'user', content: 'Wann?' }]) + assistantsTurn).toBe(rendered(chatMlTemplate, 'user', 'Wann?'));
});
