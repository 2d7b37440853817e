import { CountersignError, errorSentences, systemRandomness, type ErrorReason } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import { codeOfReason } from './code-of-reason.ts';
import { inputIssues } from './input-issues.ts';
import { reasonOfCode } from './reason-of-code.ts';

/** All that may leave of an error. */
export interface PublicError {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly reason: ErrorReason;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly authorizationRequest?: unknown;
}

const known = new WeakMap<TRPCError, PublicError>();

/**
 * What the caller may know of an error. The same error always has the same answer, so that the id in the
 * answer of an `internal` one is the id in the log.
 */
export function publicError(error: TRPCError): PublicError {
  const judged = known.get(error) ?? judge(error);
  known.set(error, judged);
  return judged;
}

/**
 * The same error with nothing private in its code and message: for callers in this process, and for hosts
 * that show what they catch. What really happened is its `cause`.
 */
export function withoutPrivateText(error: TRPCError): TRPCError {
  const judged = publicError(error);
  const settled = new TRPCError({ code: judged.code, message: judged.message, cause: error.cause ?? error });
  known.set(settled, judged);
  return settled;
}

function judge(error: TRPCError): PublicError {
  const { cause } = error;
  if (cause instanceof CountersignError) return cause.reason === 'internal' ? unexpected() : refusal(cause);
  if (error.code === 'BAD_REQUEST' && cause instanceof z.core.$ZodError) {
    return refusal(new CountersignError('invalid_input', { details: { issues: inputIssues(cause.issues) } }));
  }
  const { reason, message } = reasonOfCode[error.code];
  if (reason === 'internal') return unexpected();
  if (reason === 'invalid_input') {
    return {
      code: error.code,
      reason,
      message,
      details: { issues: [{ path: [], code: 'custom', message }] },
    };
  }
  return { code: error.code, reason, message };
}

function refusal({ reason, details, authorizationRequest }: CountersignError): PublicError {
  return {
    code: codeOfReason[reason],
    reason,
    message: errorSentences[reason],
    ...(details === undefined ? {} : { details }),
    ...(authorizationRequest === undefined ? {} : { authorizationRequest }),
  };
}

/** Of something nobody foresaw the caller learns one thing: the id under which the log tells the rest. */
function unexpected(): PublicError {
  const errorId = `err_${Buffer.from(systemRandomness.bytes(9)).toString('base64url')}`;
  return {
    code: codeOfReason.internal,
    reason: 'internal',
    message: errorSentences.internal,
    details: { errorId },
  };
}
