import { TRPCClientError } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY, type TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { isCountersignError } from '../error.ts';

/**
 * What a tRPC client may be failed with. A refusal of ours looks as the host's own refusals do, so that `reasonOf` and
 * `error.data` tell it; AuthorizationCancelled and its like are such errors and stay what they are; anything else is
 * the `cause`.
 */
export function clientErrorOf(error: unknown): TRPCClientError<AnyRouter> {
  if (!isCountersignError(error) || error.code === null) return TRPCClientError.from(error as Error);
  const { message, code, httpStatus, reason, details, authorizationRequest } = error;
  const data = { code, httpStatus, reason, details, authorizationRequest };
  const number = TRPC_ERROR_CODES_BY_KEY[code as TRPC_ERROR_CODE_KEY];
  return TRPCClientError.from({ error: { message, code: number, data } }, { cause: error });
}
