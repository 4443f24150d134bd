/** Tells a person what happens. Standard error, so that what a command prints for other programs stays clean. */
export const say = (message: string): void => {
  process.stderr.write(`${message}\n`);
};
