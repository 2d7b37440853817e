import { randomBytes } from 'node:crypto';

/** One frame, as `ws` sends it, or bytes as they go over the line. */
export type HostileFrame = { readonly text: string } | { readonly bytes: Buffer } | { readonly raw: Buffer };

/** Draws whole numbers below a bound, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const scalars: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e308,
  2 ** 53,
  -0,
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  'length',
  '2.0',
  'query',
  'mutation',
  'subscription',
  'subscription.stop',
  'reconnect',
  'connectionParams',
  'event.stream',
  'authorizationRequest.watch',
  'authorizationRequest.create',
  'authorizationRequest',
  'method.list',
  'x'.repeat(5000),
  '../../etc/passwd',
  "' OR 1=1 --",
  '🂡',
  '\u202e',
];
const keys = [
  'id',
  'jsonrpc',
  'method',
  'params',
  'path',
  'input',
  'json',
  'meta',
  'values',
  'referentialEqualities',
  'lastEventId',
  'data',
  'authorization',
  '__proto__',
  'constructor',
  'prototype',
  'then',
  'toJSON',
  'result',
  '',
];
const texts = [
  '',
  ' ',
  '{',
  '[',
  '"',
  '{}',
  '[]',
  '[[]]',
  'null',
  'NaN',
  '1e999',
  '-',
  'PING',
  'PONG',
  'PING ',
  'undefined',
  '{"id":1e999,"method":"query","params":{"path":"method.list"}}',
  '{"id":1,"id":2,"method":"subscription.stop"}',
  '{"id":1,"method":"query","params":{"__proto__":{"path":"method.list"}}}',
  '{"__proto__":{"id":1,"method":"query","params":{"path":"method.list"}}}',
  '{"id":1,"method":"subscription","params":{"path":"event.stream","lastEventId":"' +
    'z'.repeat(5000) +
    '"}}',
  '[' + '{"id":1,"method":"subscription.stop"},'.repeat(500) + '{"id":1,"method":"subscription.stop"}]',
  '['.repeat(30_000) + ']'.repeat(30_000),
  '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000),
  'x'.repeat(64 * 1024),
];
/** What RFC 6455 forbids on the line: unmasked, reserved bits and opcodes, lengths that lie, split controls. */
const lines: readonly (readonly number[])[] = [
  [0x81, 0x01, 0x78],
  [0xf1, 0x80, 0, 0, 0, 0],
  [0x83, 0x80, 0, 0, 0, 0],
  [0x8f, 0x80, 0, 0, 0, 0],
  [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
  [0x81, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
  [0x81, 0xfe, 0, 1, 0, 0, 0, 0, 0x78],
  [0x89, 0xfe, 1, 0, 0, 0, 0, 0],
  [0x09, 0x80, 0, 0, 0, 0],
  [0x80, 0x80, 0, 0, 0, 0],
  [0x88, 0x81, 0, 0, 0, 0, 0x03],
  [0x88, 0x82, 0, 0, 0, 0, 0x00, 0x00],
  [0x88, 0x84, 0, 0, 0, 0, 0x03, 0xe8, 0xff, 0xfe],
  [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28],
  [0xc1, 0x85, 0, 0, 0, 0, 0xf2, 0x48, 0xcd, 0xc9, 0xc9],
  [0x47, 0x45, 0x54, 0x20, 0x2f, 0x0d, 0x0a, 0x0d, 0x0a],
];

/**
 * A frame that nobody who means well sends. Those of `raw` end their connection, most others do not.
 */
export function hostileFrame(draw: (below: number) => number): HostileFrame {
  const pick = <Item>(items: readonly Item[]): Item => items[draw(items.length)]!;
  const value = (depth: number): unknown => {
    const kind = draw(depth > 4 ? 1 : 4);
    if (kind === 1) return Array.from({ length: draw(6) }, () => value(depth + 1));
    if (kind > 1) return object(depth);
    return pick(scalars);
  };
  /** With own keys of every name: `__proto__` in a literal would set a prototype instead. */
  const object = (depth: number): unknown => {
    const made = Object.create(null) as Record<string, unknown>;
    for (let key = draw(6); key > 0; key -= 1)
      Object.defineProperty(made, pick(keys), {
        value: value(depth + 1),
        enumerable: true,
        configurable: true,
      });
    return made;
  };
  /** Nearly a call. */
  const call = (): unknown => ({
    id: draw(4) === 0 ? value(3) : draw(5),
    method: draw(6) === 0 ? value(3) : pick(['query', 'mutation', 'subscription', 'subscription.stop']),
    ...(draw(8) === 0
      ? {}
      : {
          params: {
            path:
              draw(5) === 0
                ? value(3)
                : pick([
                    'method.list',
                    'event.stream',
                    'event.list',
                    'authorizationRequest.get',
                    'authorizationRequest.watch',
                    '__proto__',
                    'constructor.name',
                  ]),
            input:
              draw(3) === 0 ? value(0) : { json: value(0), ...(draw(3) === 0 ? { meta: value(0) } : {}) },
            ...(draw(4) === 0 ? { lastEventId: value(3) } : {}),
          },
        }),
    ...(draw(10) === 0 ? { jsonrpc: value(4) } : {}),
  });
  switch (draw(12)) {
    case 0:
      return { text: pick(texts) };
    case 1:
      return { text: JSON.stringify(value(0)) };
    case 2:
      return { text: JSON.stringify(Array.from({ length: draw(30) }, call)) };
    case 3: {
      const text = JSON.stringify(call());
      return { text: text.slice(0, draw(text.length)) };
    }
    case 4:
      return { bytes: draw(2) === 0 ? randomBytes(draw(2000)) : Buffer.from(JSON.stringify(call())) };
    case 5:
      if (draw(10) > 0) return { text: JSON.stringify(call()) };
      return { raw: draw(2) === 0 ? Buffer.from(pick(lines)) : randomBytes(1 + draw(200)) };
    default:
      return { text: JSON.stringify(call()) };
  }
}
