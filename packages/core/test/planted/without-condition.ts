interface Text {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs with a condition of a statement exchanged for what a naive version has in its place, and puts it back. The
 * statement gets another name meanwhile: what is prepared under the old one stays.
 */
export async function withoutCondition<Result>(
  statements: readonly Text[],
  condition: RegExp,
  naive: (found: string) => string,
  run: () => Promise<Result>,
): Promise<Result> {
  const originals = statements.map(({ name, text }) => ({ name, text }));
  for (const statement of statements) {
    const text = statement.text.replace(condition, naive);
    if (text === statement.text) throw new Error(`${statement.name} has no ${String(condition)}`);
    Object.assign(statement, { name: `${statement.name}_naive`, text });
  }
  try {
    return await run();
  } finally {
    statements.forEach((statement, index) => Object.assign(statement, originals[index]));
  }
}
