import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invalidInput } from '../error.ts';

/** Values that JSON carries exactly, and nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const dataBytesMax = 16 * 1024;
const dataDepthMax = 16;

export interface CanonicalLimits {
  /** Where the value stands in the input, for the error. */
  readonly at: string;
  readonly bytesMax: number;
  readonly depthMax: number;
}

/**
 * The canonical text of a value (RFC 8785): keys sorted by UTF-16 unit, numbers as ECMAScript prints
 * them, no white space. Refuses, with the place, whatever would not come back as it went in.
 */
export function canonicalText(value: unknown, limits: CanonicalLimits): string {
  assertExact(value, limits);
  const text = canonicalize(value);
  if (text === undefined) throw invalidInput([limits.at], 'must be a JSON value');
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytesMax) throw tooBig(limits, `, is ${bytes}`);
  return text;
}

function tooBig({ at, bytesMax }: CanonicalLimits, found = ''): Error {
  return invalidInput([at], `must be at most ${bytesMax} bytes in canonical form${found}`, 'too_big');
}

/** Keys by which an object reaches its prototype: they get lost, or worse, on the way through other code. */
const unsafeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Each value takes a byte at least, so more values than bytes are too many. It matters where parts are
 * shared: a few hundred bytes of references can be a tree that no memory holds.
 */
function assertExact(root: unknown, limits: CanonicalLimits): asserts root is Json {
  let valuesLeft = limits.bytesMax;
  visit(root, [limits.at], limits.depthMax);

  function visit(value: unknown, path: (string | number)[], depthLeft: number): void {
    const refuse = (message: string) => invalidInput(path, message);
    valuesLeft -= 1;
    if (valuesLeft < 0) throw tooBig(limits);
    switch (typeof value) {
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value)) throw refuse('must be a finite number');
        return;
      case 'string':
        assertText(value, refuse);
        return;
      case 'object':
        if (value === null) return;
        if (depthLeft === 0) throw refuse('is nested too deeply');
        if (Array.isArray(value)) return visitArray(value, path, depthLeft - 1);
        return visitObject(value, path, depthLeft - 1);
      case 'bigint':
      case 'function':
      case 'symbol':
      case 'undefined':
        throw refuse(`must be a JSON value, is ${typeof value}`);
    }
  }

  function visitArray(values: readonly unknown[], path: (string | number)[], depthLeft: number): void {
    // An index loop, not forEach: a hole in a sparse array is undefined and must be refused.
    for (let index = 0; index < values.length; index += 1) visit(values[index], [...path, index], depthLeft);
  }

  function visitObject(value: object, path: (string | number)[], depthLeft: number): void {
    const refuse = (message: string) => invalidInput(path, message);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw refuse('must be plain data: objects, arrays, text, numbers');
    }
    for (const key of Object.keys(value)) {
      if (unsafeKeys.has(key)) throw refuse(`must not have the key "${key}"`);
      assertText(key, refuse);
      visit((value as Record<string, unknown>)[key], [...path, key], depthLeft);
    }
  }
}

function assertText(text: string, refuse: (message: string) => Error): void {
  if (!text.isWellFormed()) throw refuse('must not contain a lone surrogate');
  if (text.includes('\u0000')) throw refuse('must not contain U+0000');
}

/** The canonical text of an operation's data, within the limits of the contract (§2). */
export function canonicalData(data: unknown): string {
  return canonicalText(data, { at: 'data', bytesMax: dataBytesMax, depthMax: dataDepthMax });
}

/** The hash over data that is canonical text already; the domain separates it from every other hash of ours. */
export function hashCanonicalData(slug: string, canonical: string): Buffer {
  return createHash('sha256')
    .update('countersign/data/v1\0')
    .update(`{"data":${canonical},"slug":${JSON.stringify(slug)}}`)
    .digest();
}

/**
 * The data hash: what every proof, every grant and the execution are bound to. Base64url SHA-256 of
 * `"countersign/data/v1\0"` and the canonical form of `{ data, slug }`.
 *
 * @example
 * ```ts
 * dataHash('transfer', { to: 'GB29', amountCents: 250_000 }) === dataHash('transfer', { amountCents: 250_000, to: 'GB29' });
 * ```
 * @throws CountersignError `invalid_input` for what JSON cannot carry exactly, or beyond 16 KiB or 16 levels.
 */
export function dataHash(slug: string, data: unknown): string {
  return hashCanonicalData(slug, canonicalData(data)).toString('base64url');
}
