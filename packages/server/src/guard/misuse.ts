/** A guard where it cannot keep its promise. The caller is told `internal`; the log, what to change. */
export class MisplacedGuardError extends Error {
  override readonly name = 'MisplacedGuardError';
}

export const misplaced = {
  noMutation: (path: string) =>
    new MisplacedGuardError(`"${path}" is guarded and no mutation: what is authorized happens once.`),
  beforeInput: (path: string) =>
    new MisplacedGuardError(
      `"${path}" uses cs.guard(…).middleware before .input(): there is nothing yet that could be authorized. ` +
        'Put it after, or use .concat(cs.guard(…)), which brings the schema.',
    ),
  twice: (path: string) =>
    new MisplacedGuardError(
      `"${path}" is guarded twice: the first grant would be used up when the second is missing. ` +
        'Make one operation of both.',
    ),
  streams: (path: string) =>
    new MisplacedGuardError(
      `"${path}" is guarded in a transaction and streams its answer, or promises a part of it: what it still does is done ` +
        'when the transaction is over. Await it before you answer, or guard it without one.',
    ),
  unanswered: () =>
    new MisplacedGuardError(
      'The transaction of a guard gave nothing back. It must return what its call returns, once it has committed, ' +
        'and pass on what that throws.',
    ),
};
