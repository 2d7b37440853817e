import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program in a process of its own, so that what is measured and what loads it share no event loop. */
export interface Program<At> extends AsyncDisposable {
  /** What it said when it was ready. */
  readonly at: At;
  /** One question at a time. */
  ask(question: unknown): Promise<unknown>;
}

/** Starts a `*-program.ts`, which answers by `answerParent`. */
export async function startProgram<At>(file: URL, order: object): Promise<Program<At>> {
  const child = fork(fileURLToPath(file), [JSON.stringify(order)], {
    execArgv: ['--conditions=@countersign/source', '--expose-gc'],
  });
  const ended = once(child, 'exit').then(([status]) =>
    Promise.reject(new Error(`${file.href} ended: ${status}`)),
  );
  ended.catch(() => undefined); // told by whoever waits for an answer
  const told = async () => ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  const at = (await told()) as At;
  return {
    at,
    async ask(question) {
      const answer = told();
      child.send(question as object);
      return await answer;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}
