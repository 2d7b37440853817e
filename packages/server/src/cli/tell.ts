/** What was asked for, on standard output: nothing else goes there, so that it can be piped. */
export function answer(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The same for machines: one JSON object. */
export function answerJson(value: Readonly<Record<string, unknown>>): void {
  answer(JSON.stringify(value));
}

/** What the person should know besides, on standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
