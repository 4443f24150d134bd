import { readingMessages } from '../../tenant-api/src/ask/reading-prompt.ts';
import { assistantsTurn, chatMl } from './chat-ml.ts';

const messages = readingMessages({ passage: '{passage}', question: '{question}' });

/** Prints what a reader is trained to be asked: the beginning of every question, and a question with places for passage and question. */
console.log(
  JSON.stringify({
    beginning: chatMl(messages.slice(0, -1)),
    question: chatMl(messages.slice(-1)) + assistantsTurn,
  }),
);
