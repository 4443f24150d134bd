import { readingMessages } from '../../tenant-api/src/ask/reading-prompt.ts';

/** Prints what every question to a reader begins with, and a question with places for passage and question: what it is trained to be asked. */
console.log(JSON.stringify(readingMessages({ passage: '{passage}', question: '{question}' })));
