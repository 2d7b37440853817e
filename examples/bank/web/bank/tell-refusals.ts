import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { tap } from '@trpc/server/observable';
import type { BankRouter } from '../../server/router.ts';

/** In the context of a call: told the id of the request that it waits for. */
export interface TellsRefusal {
  readonly onAsked: (requestId: string) => void;
}

/** Between the call and the authorization link, so that a page can remember what it waits for. */
export const tellRefusals: TRPCLink<BankRouter> =
  () =>
  ({ op, next }) =>
    next(op).pipe(
      tap({
        error(error) {
          const id = requestIdOf(error);
          if (id !== null) (op.context as Partial<TellsRefusal>).onAsked?.(id);
        },
      }),
    );

function requestIdOf(error: unknown): string | null {
  if (!(error instanceof TRPCClientError)) return null;
  const { authorizationRequest } = (error.data ?? {}) as { authorizationRequest?: { id?: unknown } };
  const id = authorizationRequest?.id;
  return typeof id === 'string' ? id : null;
}
