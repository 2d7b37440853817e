import type { FailureReason } from '../error.ts';

/** By its reason alone: the class would weigh more than all that is asked of it here. */
export function isRefusedAs(error: unknown, reason: FailureReason): boolean {
  return (error as { readonly reason?: unknown } | null)?.reason === reason;
}
