/** Something to learn from: whether a passage states the answer to a question. */
export interface Example {
  question: string;
  passage: string;
  answers: boolean;
  /** The set it is of. */
  source: string;
  /** What it is in its set: how it came to be answered or not. */
  kind: string;
  /** Of a set, the article; of an exercise, its number. Nothing is learned from those that are held out. */
  article: string;
}
