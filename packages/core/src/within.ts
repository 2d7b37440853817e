import { CountersignError } from './error.ts';

/**
 * The result, or `otherwise` when it takes longer. A plain timer: an AbortController makes an error object
 * each time it is used, whether or not anybody looks at it.
 */
export async function within<Result>(
  milliseconds: number,
  result: Promise<Result>,
  otherwise: Result,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result>((resolve) => {
    timer = setTimeout(resolve, milliseconds, otherwise);
    timer.unref();
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing for so long. A plain timer as well, which keeps no process alive. */
export async function pause(milliseconds: number): Promise<void> {
  await within(milliseconds, new Promise<void>(() => undefined), undefined);
}

const hostSecondsMax = 4;

/**
 * What a host's function gives, if it gives it in time. Nobody waits for ever for a resolver that has lost its
 * own database; and a transaction that waits is ended by PostgreSQL after five seconds.
 *
 * @throws CountersignError `unavailable_dependency` after four seconds.
 */
export async function fromHost<Result>(result: Result | Promise<Result>): Promise<Result> {
  if (!(result instanceof Promise)) return result;
  const late = Symbol('late');
  const settled = await within<Result | typeof late>(hostSecondsMax * 1000, result, late);
  if (settled === late)
    throw new CountersignError('unavailable_dependency', {
      cause: new Error('a function of the host took too long'),
    });
  return settled;
}
