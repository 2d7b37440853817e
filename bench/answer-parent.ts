/** What the process that started this one wants done. */
export function orderOfParent(): unknown {
  return JSON.parse(process.argv[2] ?? '');
}

/** Says that this process is ready, answers questions, and ends when its parent lets it go. */
export function answerParent(
  at: object,
  answer: (question: unknown) => unknown,
  close: () => Promise<void>,
): void {
  process.on('message', (question) => {
    void Promise.resolve(answer(question)).then((given) => process.send?.(given ?? null));
  });
  process.once('disconnect', () => void close().then(() => process.exit()));
  process.send?.(at);
}
