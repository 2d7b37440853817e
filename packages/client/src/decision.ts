import { TRPCClientError } from '@trpc/client';
import type { AuthorizationRequest } from './generated/schema.ts';

/** tRPC's client wraps whatever a link fails with, but not an error of its own: so this is one, as far as it asks. */
const ClientError = TRPCClientError as unknown as ErrorConstructor;

/**
 * An authorization request that was not granted. `request` is how it stands, null when it was not read yet. It reaches
 * the callers of a tRPC client with `authorizationLink` as it is, and `isTRPCClientError` says yes to it.
 */
export abstract class AuthorizationNotGranted extends ClientError {
  readonly request: AuthorizationRequest | null;

  constructor(message: string, request: AuthorizationRequest | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    Object.setPrototypeOf(this, new.target.prototype); // tRPC's constructor sets its own.
    this.request = request;
  }
}

/** The person said no, or the last wrong proof was given: `request.reason` tells which. */
export class AuthorizationDenied extends AuthorizationNotGranted {
  override readonly name = 'AuthorizationDenied';
}

/** Nobody answered in time. */
export class AuthorizationExpired extends AuthorizationNotGranted {
  override readonly name = 'AuthorizationExpired';
}

/**
 * The request was called off, or whoever waited for it gave up: then `cause` is the reason of the signal, and
 * the request itself may still be waiting.
 */
export class AuthorizationCancelled extends AuthorizationNotGranted {
  override readonly name = 'AuthorizationCancelled';
}
