import { AuthorizationCancelled, AuthorizationDenied, AuthorizationExpired } from '../../decision.ts';
import { isCountersignError, reasonOf, type FailureReason } from '../../error.ts';

/** What a person can do about a refusal. Whatever is none of theirs is said to be ours. */
export function problemOf(error: unknown): string {
  if (error instanceof AuthorizationCancelled) return 'You called it off. Nothing was changed.';
  if (error instanceof AuthorizationDenied) return 'It was refused. Nothing was changed.';
  if (error instanceof AuthorizationExpired) return 'It was not authorized in time. Nothing was changed.';
  if (isCountersignError(error, 'invalid_input'))
    return `Please check this: it ${firstIssue(error.details)}.`;
  const reason = reasonOf(error);
  return (reason && sentences[reason]) ?? 'Something went wrong. Please try again.';
}

const forbidden = 'You cannot change this by yourself here. Please ask for help.';
const tooManyWrong = 'There were too many wrong answers. Please wait a little, and begin anew.';
const over = 'This is over. Please begin anew.';

const sentences: Partial<Record<FailureReason, string>> = {
  factor_exists: 'You have this one already.',
  method_unavailable:
    'This is not available at the moment, or you have nothing that it could be authorized with.',
  forbidden,
  insufficient_scope: forbidden,
  authorization_required: 'This has to be authorized, and nothing here asks you to.',
  rate_limited: 'That was too often. Please wait a little.',
  attempts_exhausted: tooManyWrong,
  subject_locked: tooManyWrong,
  factor_locked: tooManyWrong,
  expired: over,
  unavailable: over,
  already_confirmed: over,
  not_found: 'It is not there any more.',
  delivery_failed: 'The message could not be sent. Please check the address, or try again later.',
  unauthenticated: 'Please sign in again.',
  connection_failed: 'There is no connection. Please try again.',
};

function firstIssue(details: { readonly issues: readonly { readonly message: string }[] }): string {
  return details.issues[0]?.message ?? 'is not right';
}
