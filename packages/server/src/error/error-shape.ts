import type { ErrorReason } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import {
  TRPC_ERROR_CODES_BY_KEY,
  type TRPC_ERROR_CODE_KEY,
  type TRPC_ERROR_CODE_NUMBER,
} from '@trpc/server/rpc';
import { publicError } from './public-error.ts';

/** `data` of every error that leaves: no stack, no path, no text of a driver. */
export interface CountersignErrorData {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly httpStatus: number;
  /** Why, from a closed list: docs/errors.md. Branch on this, not on the message. */
  readonly reason: ErrorReason;
  /** `issues`, `retryAt`, `state`, `errorId` …: what the reason's entry lists. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** With `authorization_required` and `delivery_failed`: the request it is about. */
  readonly authorizationRequest?: unknown;
}

/** An error as the caller gets it. Named, so that declarations do not repeat it for every procedure. */
export interface CountersignErrorShape {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: CountersignErrorData;
}

export function errorShape(error: TRPCError): CountersignErrorShape {
  const { code, message, ...rest } = publicError(error);
  return {
    message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: { code, httpStatus: getHTTPStatusCodeFromError(new TRPCError({ code })), ...rest },
  };
}
