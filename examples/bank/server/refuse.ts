import { TRPCError } from '@trpc/server';

/** What the bank refuses by itself. Thrown in a transaction, it takes the consumption of the grant back as well. */
export function conflict(message: string): TRPCError {
  return new TRPCError({ code: 'CONFLICT', message });
}

export function noSuchAccount(): TRPCError {
  return new TRPCError({ code: 'NOT_FOUND', message: 'There is no such account.' });
}
