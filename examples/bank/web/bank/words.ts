import {
  AuthorizationCancelled,
  AuthorizationDenied,
  AuthorizationExpired,
  isCountersignError,
  reasonOf,
} from '@countersign/client';
import { TRPCClientError } from '@trpc/client';

/** Why something did not happen, for the person. */
export interface Words {
  readonly title: string;
  readonly text: string;
}

export function wordsOf(error: unknown): Words {
  if (error instanceof AuthorizationCancelled)
    return { title: 'Called off', text: 'You closed the question, so nothing was done.' };
  if (error instanceof AuthorizationExpired)
    return { title: 'Too late', text: 'Nobody answered in time. Nothing was done.' };
  if (error instanceof AuthorizationDenied) return denied(error.request?.reason ?? null);
  // Two tabs have asked for the same, and the other one was faster.
  if (reasonOf(error) === 'already_consumed')
    return { title: 'Done already', text: 'Another page of yours has done it, once. It is not done again.' };
  if (isCountersignError(error, 'connection_failed') || isLost(error))
    return {
      title: 'No answer',
      text: 'The bank could not be reached. Look at the last movements before you try again.',
    };
  return { title: 'Not done', text: error instanceof Error ? error.message : 'That did not work.' };
}

function denied(reason: string | null): Words {
  switch (reason) {
    case 'not_me':
      return {
        title: 'Reported',
        text: 'The phone says that this was somebody else. Nothing was done, and this session can ask nothing more.',
      };
    case 'attempts_exhausted':
      return { title: 'Refused', text: 'There were too many wrong answers, so nothing was done.' };
    case null:
    default:
      return { title: 'Declined', text: 'Nothing was done.' };
  }
}

/** No answer of the server at all. */
function isLost(error: unknown): boolean {
  return error instanceof TRPCClientError && error.data == null;
}
