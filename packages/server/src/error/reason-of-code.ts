import { errorSentences, type ErrorReason } from '@countersign/core';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';

interface Meaning {
  readonly reason: ErrorReason;
  readonly message: string;
}

const internal: Meaning = { reason: 'internal', message: errorSentences.internal };
const unreadable: Meaning = { reason: 'invalid_input', message: 'The request cannot be read as a call.' };

/**
 * What an error means that tRPC or our HTTP handler made by itself, before any operation of core ran.
 * tRPC's own messages repeat parts of the request; these do not.
 */
export const reasonOfCode: Readonly<Record<TRPC_ERROR_CODE_KEY, Meaning>> = {
  PARSE_ERROR: unreadable,
  BAD_REQUEST: unreadable,
  UNAUTHORIZED: { reason: 'unauthenticated', message: errorSentences.unauthenticated },
  FORBIDDEN: { reason: 'forbidden', message: errorSentences.forbidden },
  NOT_FOUND: { reason: 'not_found', message: 'There is no such procedure.' },
  METHOD_NOT_SUPPORTED: { reason: 'invalid_input', message: 'Queries are called by GET, mutations by POST.' },
  PAYLOAD_TOO_LARGE: { reason: 'invalid_input', message: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { reason: 'invalid_input', message: 'The content type must be application/json.' },
  UNPROCESSABLE_CONTENT: unreadable,
  PAYMENT_REQUIRED: internal,
  TIMEOUT: internal,
  CONFLICT: internal,
  PRECONDITION_FAILED: internal,
  PRECONDITION_REQUIRED: internal,
  TOO_MANY_REQUESTS: internal,
  CLIENT_CLOSED_REQUEST: internal,
  INTERNAL_SERVER_ERROR: internal,
  NOT_IMPLEMENTED: internal,
  BAD_GATEWAY: internal,
  SERVICE_UNAVAILABLE: internal,
  GATEWAY_TIMEOUT: internal,
};
