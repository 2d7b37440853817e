import type { z } from 'zod';

/** One thing wrong with an input: `details.issues` of the reason `invalid_input`. */
export interface InputIssue {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

const issuesMax = 20;
const messageLengthMax = 300;

/** zod's findings as they may be shown. Capped: a hostile input must not buy a long answer. */
export function inputIssues(issues: readonly z.core.$ZodIssue[]): InputIssue[] {
  return issues.slice(0, issuesMax).map(({ path, code, message }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? '' : part)),
    code,
    message: message.length > messageLengthMax ? `${message.slice(0, messageLengthMax)}…` : message,
  }));
}
