import { CountersignError, errorReasons, errorSentences, type ErrorReason } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { errorShape } from '../src/error/error-shape.ts';

/** The contract's table, §5, written down a second time. */
const contract: Record<ErrorReason, [code: string, status: number]> = {
  invalid_input: ['BAD_REQUEST', 400],
  unauthenticated: ['UNAUTHORIZED', 401],
  forbidden: ['FORBIDDEN', 403],
  insufficient_scope: ['FORBIDDEN', 403],
  not_found: ['NOT_FOUND', 404],
  not_waiting: ['CONFLICT', 409],
  not_granted: ['CONFLICT', 409],
  expired: ['CONFLICT', 409],
  attempts_exhausted: ['TOO_MANY_REQUESTS', 429],
  subject_locked: ['TOO_MANY_REQUESTS', 429],
  factor_locked: ['TOO_MANY_REQUESTS', 429],
  rate_limited: ['TOO_MANY_REQUESTS', 429],
  proof_required: ['PRECONDITION_REQUIRED', 428],
  authorization_required: ['PRECONDITION_REQUIRED', 428],
  data_mismatch: ['CONFLICT', 409],
  already_consumed: ['CONFLICT', 409],
  execution_window_passed: ['CONFLICT', 409],
  method_unavailable: ['BAD_REQUEST', 400],
  method_ambiguous: ['BAD_REQUEST', 400],
  already_confirmed: ['CONFLICT', 409],
  unavailable: ['CONFLICT', 409],
  device_exists: ['CONFLICT', 409],
  factor_exists: ['CONFLICT', 409],
  idempotency_conflict: ['CONFLICT', 409],
  transaction_required: ['BAD_REQUEST', 400],
  foreign_database: ['BAD_REQUEST', 400],
  scope_too_wide: ['BAD_REQUEST', 400],
  lifetime_too_long: ['BAD_REQUEST', 400],
  delivery_failed: ['BAD_GATEWAY', 502],
  unavailable_dependency: ['SERVICE_UNAVAILABLE', 503],
  internal: ['INTERNAL_SERVER_ERROR', 500],
};

const shapeOf = (cause: unknown) => errorShape(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }));

it.each(errorReasons)('gives %s the code and status of the contract', (reason) => {
  const shape = shapeOf(new CountersignError(reason, { authorizationRequest: { id: 'areq_1' } }));
  const [code, httpStatus] = contract[reason];
  expect(shape.message).toBe(errorSentences[reason]);
  expect(shape.data).toMatchObject({ code, httpStatus, reason });
  if (reason !== 'internal') expect(shape.data).toMatchObject({ authorizationRequest: { id: 'areq_1' } });
});

it('tells what belongs to a reason, and of what nobody foresaw its id in the log alone', () => {
  const details = { retryAt: new Date(1) };
  expect(shapeOf(new CountersignError('rate_limited', { details })).data.details).toEqual(details);
  const unforeseen = new CountersignError('internal', { details: { errorId: 'told by somebody else' } });
  expect(shapeOf(unforeseen).data.details).toEqual({ errorId: expect.stringMatching(/^err_/) as string });
});

describe('what tRPC refuses by itself', () => {
  it.each([
    ['NOT_FOUND', 'not_found', 404],
    ['METHOD_NOT_SUPPORTED', 'invalid_input', 405],
    ['PARSE_ERROR', 'invalid_input', 400],
    ['PAYLOAD_TOO_LARGE', 'invalid_input', 413],
    ['UNSUPPORTED_MEDIA_TYPE', 'invalid_input', 415],
    ['CONFLICT', 'internal', 500],
  ] as const)('%s has the reason %s', (code, reason, httpStatus) => {
    expect(errorShape(new TRPCError({ code, message: 'canary' }))).toMatchObject({
      data: { reason, httpStatus },
    });
    expect(JSON.stringify(errorShape(new TRPCError({ code, message: 'canary' })))).not.toContain('canary');
  });
});

it('answers every unforeseen error with an id of its own and nothing else', () => {
  const [one, other] = [shapeOf(new Error('canary')), shapeOf(new Error('canary'))];
  expect(Object.keys(one.data).sort()).toEqual(['code', 'details', 'httpStatus', 'reason']);
  expect(one.data.details?.['errorId']).toMatch(/^err_[\w-]{12}$/);
  expect(one.data.details?.['errorId']).not.toBe(other.data.details?.['errorId']);
});
