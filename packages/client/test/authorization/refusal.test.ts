import { expect, it } from 'vitest';
import { callKey } from '../../src/authorization/call-key.ts';
import { refusedFor } from '../../src/authorization/refusal.ts';
import { CountersignError, type AuthorizationRequest } from '../../src/index.ts';

const told = { id: 'areq_1', createdAt: '2026-07-01T00:00:00.000Z' };

it('finds the id of the request in any error that says so, and leaves the error as it came', () => {
  const error = { data: { reason: 'authorization_required', authorizationRequest: structuredClone(told) } };
  expect(refusedFor(error)).toBe('areq_1');
  expect(error.data.authorizationRequest).toEqual(told);
  const ours = new CountersignError({
    reason: 'authorization_required',
    message: '',
    authorizationRequest: { id: 'areq_1' } as unknown as AuthorizationRequest,
  });
  expect(refusedFor(ours)).toBe('areq_1');
});

it.each([
  undefined,
  null,
  'authorization_required',
  new Error('authorization_required'),
  { data: { reason: 'authorization_required' } },
  { data: { reason: 'authorization_required', authorizationRequest: {} } },
  { data: { reason: 'delivery_failed', authorizationRequest: told } },
  { reason: 'authorization_required', authorizationRequest: told },
])('takes %o for no refusal', (error) => {
  expect(refusedFor(error)).toBeUndefined();
});

it('knows equal inputs by their values, and none of those it cannot compare', () => {
  const key = (input: unknown): string => callKey('transfer', input);
  expect(key({ a: 1, b: [{ c: 'x', d: new Date(5) }] })).toBe(key({ b: [{ d: new Date(5), c: 'x' }], a: 1 }));
  expect(key({ a: 1, b: undefined })).toBe(key({ a: 1 }));
  expect(key(undefined)).toBe(key(undefined));
  const unlike: unknown[] = [
    1,
    '1',
    1n,
    true,
    'true',
    null,
    undefined,
    'null',
    [],
    {},
    [1],
    ['1'],
    '[1]',
    { a: 1 },
    new Date(1),
  ];
  unlike.push({ 'a":1,"b': 1 }, { a: 1, b: 1 }, [[1], 2], [[1, 2]], Number.NaN, 'NaN', [undefined], [null]);
  expect(new Set(unlike.map(key)).size).toBe(unlike.length);
  expect(callKey('pay', 1)).not.toBe(key(1));

  const circle: { self?: unknown } = {};
  circle.self = circle;
  const file = new Blob(['x']);
  for (const input of [file, { file }, new Map(), circle, () => 1, Symbol('x'), new FormData()])
    expect(key(input)).not.toBe(key(input));
});
