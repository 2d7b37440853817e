import { errorReasons } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from './support/shared-server.ts';
import { mutate, post, query, type Answer } from './support/http.ts';
import { hostileCursors, hostileIds, hostileProofs, neverText } from './support/hostile.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });
const prototypeBefore = Object.getOwnPropertyNames(Object.prototype).sort();
let id = '';
let before = '';

beforeAll(async () => {
  const created = await mutate(shared(), 'authorizationRequest.create', transferRequest);
  ({ id } = created.result as { id: string });
  before = await stored();
});

/** Everything that an input could have left behind: rows, spent attempts, spent budgets, messages. */
async function stored(): Promise<string> {
  const { rows } = await shared().database.sql.query(`
    SELECT (SELECT count(*) FROM countersign.authorization_request) AS requests,
      (SELECT sum(attempts_left) FROM countersign.authorization_request) AS attempts,
      (SELECT count(*) FROM countersign.event) AS events,
      (SELECT count(*) FROM countersign.challenge) AS challenges,
      (SELECT count(*) FROM countersign.proof) AS proofs,
      (SELECT count(*) FROM countersign.idempotency_key) AS keys,
      (SELECT coalesce(jsonb_agg(s ORDER BY s.subject_id), '[]') FROM countersign.subject_security s) AS security`);
  return JSON.stringify([rows, shared().inbox.messages().length]);
}

/** What does not fit into a request line is refused by the HTTP parser, which knows no reasons. */
function fits([, value]: readonly [string, unknown]): boolean {
  return typeof value !== 'string' || value.length < 10_000;
}

function expectRefusal(answer: Answer, ...reasons: readonly string[]): void {
  expect(answer.result).toBeUndefined();
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(errorReasons).toContain(answer.error?.data.reason);
  expect(reasons).toContain(answer.error?.data.reason);
  expect(answer.text.length).toBeLessThan(4096);
  expect(answer.text).not.toMatch(/node_modules|\bat .*:\d+|postgres|select /i);
}

afterAll(async () => {
  expect(await stored()).toBe(before);
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototypeBefore);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('a proof of a wrong shape is refused before anything is compared, and costs nothing', () => {
  describe.each(['check', 'grant'])('%s', (verb) => {
    it.each(hostileProofs)('%s', async (_name, proof) => {
      const answer = await mutate(shared(), `authorizationRequest.${verb}`, { id, proof });
      expectRefusal(answer, 'invalid_input', 'method_unavailable');
      expect(await stored()).toBe(before);
    });
  });

  it('a proof of a megabyte', async () => {
    const answer = await mutate(shared(), 'authorizationRequest.grant', {
      id,
      proof: { method: 'otp', code: '1'.repeat(1_000_000) },
    });
    expectRefusal(answer, 'invalid_input');
    expect(answer.status).toBe(413);
  });
});

describe('an id of nothing', () => {
  const calls: Record<string, (hostile: unknown) => Promise<Answer>> = {
    get: (hostile) => query(shared(), 'authorizationRequest.get', { id: hostile }),
    cancel: (hostile) => mutate(shared(), 'authorizationRequest.cancel', { id: hostile }),
    consume: (hostile) =>
      mutate(shared(), 'authorizationRequest.consume', {
        id: hostile,
        slug: 'transfer',
        subjectId: 'ada',
        data: transferRequest.data,
      }),
  };
  describe.each(Object.keys(calls))('%s', (verb) => {
    it.each(verb === 'get' ? hostileIds.filter(fits) : hostileIds)('%s', async (_name, hostile) => {
      expectRefusal(await calls[verb]!(hostile), 'not_found', 'invalid_input');
    });
  });
});

describe('a cursor that no list returned', () => {
  const fitting = hostileCursors.filter(fits);
  it.each(fitting)('of requests: %s', async (_name, cursor) => {
    expectRefusal(await query(shared(), 'authorizationRequest.list', { cursor }), 'invalid_input');
  });
  it.each(fitting)('of events: %s', async (_name, after) => {
    expectRefusal(await query(shared(), 'event.list', { after }), 'invalid_input');
  });
});

describe('a creation that says what cannot be', () => {
  const { data, deliverTo } = transferRequest;
  const impossible: [string, Record<string, unknown>][] = [
    ...neverText.map(([name, value]): [string, Record<string, unknown>] => [
      `slug: ${name}`,
      { slug: value },
    ]),
    ...neverText.map(([name, value]): [string, Record<string, unknown>] => [
      `subjectId: ${name}`,
      { subjectId: value },
    ]),
    ['a slug with a space', { slug: 'trans fer' }],
    ['a slug of 65 characters', { slug: 's'.repeat(65) }],
    ['a reserved slug', { slug: 'countersign.factor.create' }],
    ['a subject of 201 characters', { subjectId: 's'.repeat(201) }],
    ['no data', { data: undefined }],
    ['data that is null', { data: null }],
    ['data with a surplus key', { data: { ...data, fee: 1 } }],
    ['a negative amount', { data: { ...data, amountCents: -1 } }],
    ['an amount as text', { data: { ...data, amountCents: '250000' } }],
    ['an amount beyond exactness', { data: { ...data, amountCents: 2 ** 60 } }],
    ['an infinite amount', { data: { ...data, amountCents: Infinity } }],
    ['an amount that is no number', { data: { ...data, amountCents: NaN } }],
    ['an amount as bigint', { data: { ...data, amountCents: 250_000n } }],
    ['an amount as date', { data: { ...data, amountCents: new Date(0) } }],
    ['an undefined value in the data', { data: { ...data, to: undefined } }],
    ['a map as data', { data: new Map([['to', 'GB29']]) }],
    ['a set as data', { data: new Set(['GB29']) }],
    ['a regular expression as data', { data: { ...data, to: /(a+)+$/ } }],
    ['a URL as data', { data: { ...data, to: new URL('https://bank.example') } }],
    ['an error as data', { data: { ...data, to: new Error('x') } }],
    ['bytes as data', { data: { ...data, to: new Uint8Array([1]) } }],
    ['a title for a defined operation', { title: 'Harmless' }],
    ['facts for a defined operation', { facts: [{ label: 'To', value: 'me' }] }],
    ['a description for a defined operation', { description: 'Harmless' }],
    ['an unknown key', { amountCents: 1 }],
    ['a state', { state: 'granted' }],
    ['no methods at all', { methods: [] }],
    ['an unknown method', { methods: ['magic'] }],
    ['a method of every object', { methods: ['constructor'] }],
    ['methods as text', { methods: 'otp' }],
    ['an unknown factor', { factorIds: ['fact_06h03ysabhr0110k7cx2bc5ps0'] }],
    ['an unknown channel', { deliverTo: { ...deliverTo, channel: 'fax' } }],
    ['an address that is none', { deliverTo: { ...deliverTo, address: 'ada' } }],
    ['two addresses', { deliverTo: { ...deliverTo, address: 'ada@example.org,eve@example.org' } }],
    [
      'an address with a header',
      { deliverTo: { ...deliverTo, address: 'ada@example.org\r\nBcc: eve@example.org' } },
    ],
    ['a number that is none', { deliverTo: { channel: 'sms', address: '123' } }],
    ['a surplus key of the address', { deliverTo: { ...deliverTo, name: 'Ada' } }],
    ['a locale that is a path', { locale: '../../en' }],
    ['a locale of every object', { locale: '__proto__' }],
    ['no time to answer', { expiresInSeconds: 0 }],
    ['more than an hour to answer', { expiresInSeconds: 3601 }],
    ['half a second to answer', { expiresInSeconds: 0.5 }],
    ['a time as text', { expiresInSeconds: '300' }],
    ['more than a day to execute', { executeWithinSeconds: 86_401 }],
    ['21 related objects', { relatedObjects: Array.from({ length: 21 }, () => ({ type: 'a', id: 'b' })) }],
    ['a related object with a surplus key', { relatedObjects: [{ type: 'a', id: 'b', c: 1 }] }],
    ['an idempotency key of 65 characters', { idempotencyKey: 'k'.repeat(65) }],
    ['an empty idempotency key', { idempotencyKey: '' }],
    ['context of more than 8 KiB', { context: 'c'.repeat(8193) }],
    ['context with NUL', { context: { note: '\u0000' } }],
    ['context with a bigint', { context: { note: 1n } }],
  ];
  it.each(impossible)('%s', async (_name, change) => {
    const answer = await mutate(shared(), 'authorizationRequest.create', { ...transferRequest, ...change });
    expectRefusal(answer, 'invalid_input', 'method_unavailable');
  });
});

describe('data of an operation that nobody defined', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
  it.each<[string, unknown]>([
    ['more than 16 KiB', 'd'.repeat(16 * 1024)],
    ['17 levels', deep(17)],
    ['200 levels', deep(200)],
    ['a lone surrogate', { note: '\udfff' }],
    ['a key that is a lone surrogate', { '\ud800': 1 }],
    ['NUL', { note: '\u0000' }],
    ['a key with NUL', { 'a\u0000': 1 }],
  ])('%s', async (_name, data) => {
    const answer = await mutate(shared(), 'authorizationRequest.create', {
      ...transferRequest,
      slug: 'adhoc',
      title: 'Ad hoc',
      data,
    });
    expectRefusal(answer, 'invalid_input');
  });
});

describe('a body that is no call', () => {
  const envelope = JSON.stringify({ json: transferRequest });
  const annotated = (values: unknown, json: unknown = transferRequest) =>
    JSON.stringify({ json, meta: { values, v: 1 } });
  const bodies: [string, string][] = [
    ['nothing', ''],
    ['half of one', envelope.slice(0, -5)],
    ['two of them', envelope + envelope],
    ['not JSON', 'slug=transfer'],
    ['a comment', `/* */${envelope}`],
    ['a number', '1'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['without the envelope', JSON.stringify(transferRequest)],
    ['with a surplus key beside json', JSON.stringify({ json: transferRequest, extra: 1 })],
    ['with a meta that is text', JSON.stringify({ json: transferRequest, meta: 'values' })],
    ['with a byte order mark and no JSON', '\uFEFF'],
    ['10,000 brackets', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['10,000 objects in each other', `{"json":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
    [
      '10,000 levels of annotations',
      `{"json":{},"meta":{"values":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}}`,
    ],
    ['the key __proto__', '{"json":{"__proto__":{"polluted":1},"slug":"transfer"}}'],
    [
      'the key __proto__ deep in the data',
      '{"json":{"slug":"a","subjectId":"b","data":{"x":[{"__proto__":{"polluted":1}}]}}}',
    ],
    [
      'the key constructor',
      '{"json":{"slug":"a","subjectId":"b","data":{"constructor":{"prototype":{"polluted":1}}}}}',
    ],
    ['the key prototype', '{"json":{"slug":"a","subjectId":"b","data":{"prototype":1}}}'],
    ['the same key twice, the second one wrong', '{"json":{"slug":"transfer","slug":1}}'],
    ['an annotation at __proto__', annotated({ '__proto__.polluted': ['undefined'] })],
    [
      'an annotation at constructor.prototype',
      annotated({ 'constructor.prototype.polluted': ['undefined'] }),
    ],
    [
      'an annotation nested at __proto__',
      '{"json":{},"meta":{"values":{"__proto__":{"polluted":["undefined"]}}}}',
    ],
    ['an annotation at a key that is not there', annotated({ polluted: ['undefined'] })],
    ['a path that ends in a backslash', annotated({ 'slug\\': ['undefined'] })],
    ['an unknown annotation', annotated({ slug: ['nonsense'] })],
    ['an annotation that is no list', annotated({ slug: 'Date' })],
    ['an annotation with children', annotated({ slug: ['undefined', { a: ['undefined'] }] })],
    ['the whole input undefined', annotated(['undefined'])],
    [
      'a typed array of 8 GB',
      annotated({ 'data.to': [['typed-array', 'Float64Array']] }, { ...transferRequest, data: { to: 1e9 } }),
    ],
    ['a set', annotated({ data: ['set'] }, { ...transferRequest, data: [1] })],
    ['a map', annotated({ data: ['map'] }, { ...transferRequest, data: [[1, 2]] })],
    ['a date', annotated({ slug: ['Date'] })],
    ['a bigint of 60,000 digits', annotated({ slug: ['bigint'] }, { slug: '9'.repeat(60_000) })],
    ['a regular expression', annotated({ slug: ['regexp'] }, { slug: '/(a+)+$/' })],
    ['an error with a stack', annotated({ slug: ['Error'] }, { slug: { message: 'x', stack: 'y' } })],
    ['a class', annotated({ slug: [['class', 'Object']] })],
    ['a symbol', annotated({ slug: [['symbol', 'iterator']] })],
    ['something custom', annotated({ slug: [['custom', 'x']] })],
    [
      'a graph that contains itself',
      JSON.stringify({ json: { a: null }, meta: { referentialEqualities: [['a']], v: 1 } }),
    ],
    [
      'an equality with what is null',
      JSON.stringify({
        json: { ...transferRequest, facts: null },
        meta: { referentialEqualities: { data: ['facts'] } },
      }),
    ],
    [
      'an equality at __proto__',
      '{"json":{"data":{}},"meta":{"referentialEqualities":{"data":["__proto__.polluted"]}}}',
    ],
  ];
  it.each(bodies)('%s', async (_name, body) => {
    expectRefusal(await post(shared(), 'authorizationRequest.create', body), 'invalid_input');
  });

  it.each([
    ['a query that is not JSON', 'authorizationRequest.get?input=%7B'],
    ['a query without the envelope', 'authorizationRequest.get?input=%7B%22id%22%3A1%7D'],
    ['a query without input', 'authorizationRequest.get'],
    ['a path with a broken escape', 'authorizationRequest.get%E0%A4%A'],
    ['a path with NUL', 'authorizationRequest.get%00'],
  ])('%s', async (_name, path) => {
    expectRefusal(await query(shared(), path), 'invalid_input', 'not_found');
  });

  it.each([
    ['a batch of nothing', 'authorizationRequest.get?batch=1'],
    ['a batch whose input is a list', 'authorizationRequest.get?batch=1&input=%5B%5D'],
  ])('%s', async (_name, path) => {
    const { status, text } = await query(shared(), path);
    expect([status, text]).toEqual([400, expect.stringContaining('"reason":"invalid_input"')]);
  });
});

describe('what an ordinary client sends is not taken for an attack', () => {
  it('a key that is undefined, and the same object in two places', async () => {
    const party = { name: 'Ada' };
    const list = await query(shared(), 'authorizationRequest.list', {
      subjectId: 'nobody',
      slug: undefined,
      cursor: undefined,
    });
    expect(list.result).toEqual({ items: [], nextCursor: null });
    const refused = await mutate(shared(), 'authorizationRequest.consume', {
      id: 'areq_none',
      slug: 'x',
      subjectId: 'a',
      data: { from: party, to: party },
    });
    expect(refused.error?.data.reason).toBe('not_found');
  });
});
