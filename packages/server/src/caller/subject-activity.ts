import { CountersignError, type Clock } from '@countersign/core';

/** Whether a subject may act now: an account can be closed while its tokens last. */
export type SubjectActive = (subjectId: string) => boolean | Promise<boolean>;

const rememberedMilliseconds = 10_000;
const rememberedMax = 10_000;
const waitMilliseconds = 2_000;

/**
 * Asks the host about a subject, at most every ten seconds, and once for all who ask at the same time. What is not
 * `true` is no; a host that throws or does not answer has said nothing, and then nobody acts.
 *
 * @throws CountersignError `unavailable_dependency` when the host cannot say.
 */
export function createSubjectActivity(
  ask: SubjectActive,
  clock: Clock,
): (subjectId: string) => Promise<boolean> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();

  return async (subjectId) => {
    const now = clock.now().getTime();
    const known = answers.get(subjectId);
    const isFresh = known !== undefined && now >= known.at && now - known.at < rememberedMilliseconds;
    if (isFresh) return await settled(known.answer);
    const answer = askOnce(ask, subjectId);
    answer.catch(() => {
      if (answers.get(subjectId)?.answer === answer) answers.delete(subjectId);
    });
    answers.delete(subjectId); // to the end of the order of age
    answers.set(subjectId, { at: now, answer });
    const [oldest] = answers.size > rememberedMax ? answers.keys() : [];
    if (oldest !== undefined) answers.delete(oldest);
    return await settled(answer);
  };
}

async function settled(answer: Promise<boolean>): Promise<boolean> {
  try {
    return await answer;
  } catch (cause) {
    throw new CountersignError('unavailable_dependency', { cause });
  }
}

async function askOnce(ask: SubjectActive, subjectId: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error('subjectActive took too long');
    timer = setTimeout(reject, waitMilliseconds, error).unref();
  });
  try {
    return (await Promise.race([ask(subjectId), late])) === true;
  } finally {
    clearTimeout(timer);
  }
}
