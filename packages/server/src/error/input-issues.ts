import type { z } from 'zod';
import { redactLine } from '../log/redact.ts';

/** One thing wrong with an input: `details.issues` of the reason `invalid_input`. */
export interface InputIssue {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

const issuesMax = 20;
const messageLengthMax = 300;

/**
 * zod's findings as they may be shown. Capped: a hostile input must not buy a long answer. Without what looks like
 * a credential: somebody has put it where the name of a field belongs, and answers are logged by many.
 */
export function inputIssues(issues: readonly z.core.$ZodIssue[]): InputIssue[] {
  return issues.slice(0, issuesMax).map(({ path, code, message }) => ({
    path: path.map((part) => (typeof part === 'number' ? part : shown(String(part)))),
    code,
    message: shown(message),
  }));
}

function shown(text: string): string {
  const safe = redactLine(text);
  return safe.length > messageLengthMax ? `${safe.slice(0, messageLengthMax)}…` : safe;
}
