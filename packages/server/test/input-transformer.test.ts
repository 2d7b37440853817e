import { CountersignError } from '@countersign/core';
import { SuperJSON } from 'superjson';
import { describe, expect, it } from 'vitest';
import { transformer } from '../src/trpc/input-transformer.ts';

const read = (payload: unknown) => transformer.input.deserialize(payload);
const refusal = (payload: unknown) => {
  try {
    return { read: read(payload) };
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return JSON.stringify((error as CountersignError).details);
  }
};

it('reads what superjson writes of JSON, and undefined where it stood', () => {
  const party = { name: 'Ada' };
  const input = {
    id: 'x',
    gone: undefined,
    list: [1, undefined, null],
    'a.b': { c: undefined },
    from: party,
    to: [party],
    'back\\slash': party,
  };
  const copy = read(structuredClone(new SuperJSON().serialize(input)));
  expect(copy).toEqual(input);
  expect(Object.hasOwn(copy as object, 'gone')).toBe(true);
});

it.each([
  new Date(0),
  1n,
  new Map(),
  new Set(),
  /a/,
  new URL('https://a.example'),
  NaN,
  -0,
  new Error('x'),
  new Uint8Array(1),
])('refuses what is no JSON before it is built: %s', (value) => {
  expect(refusal(new SuperJSON().serialize({ value }))).toContain('must be JSON');
});

describe('a graph', () => {
  it('that contains itself is never built', () => {
    const self: Record<string, unknown> = {};
    self['self'] = self;
    expect(refusal(new SuperJSON().serialize(self))).toContain('repeat equal objects');
  });

  it('whose second place was left empty is refused, not guessed', () => {
    const party = { name: 'Ada' };
    expect(refusal(new SuperJSON({ dedupe: true }).serialize({ from: party, to: party }))).toContain(
      'repeat equal objects',
    );
  });
});

it('never touches a prototype', () => {
  const names = Object.getOwnPropertyNames(Object.prototype);
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    expect(
      refusal({ json: {}, meta: { values: JSON.parse(`{"${key}":["undefined"]}`) as unknown } }),
    ).toContain(key);
    expect(() => read({ json: {}, meta: { values: { [`${key}.polluted`]: ['undefined'] } } })).toThrow(
      'is not allowed as a property',
    );
  }
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names);
});
