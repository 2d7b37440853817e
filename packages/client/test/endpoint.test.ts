import { afterEach, expect, it, vi } from 'vitest';
import { endpointOf } from '../src/endpoint.ts';

afterEach(() => vi.unstubAllGlobals());

it.each([
  ['http://localhost:4020/trpc', 'http://localhost:4020/trpc', 'ws://localhost:4020/trpc'],
  ['https://bank.example/api/trpc/', 'https://bank.example/api/trpc', 'wss://bank.example/api/trpc'],
  ['https://bank.example', 'https://bank.example', 'wss://bank.example/'],
  [
    'https://bank.example/trpc?tenant=7#top',
    'https://bank.example/trpc?tenant=7',
    'wss://bank.example/trpc?tenant=7',
  ],
])('takes %s as it is', (url, http, webSocket) => {
  expect(endpointOf(url, undefined)).toMatchObject({ http, webSocket });
  expect(endpointOf(new URL(url), undefined)).toMatchObject({ http, webSocket });
});

it('puts the key under which the router is nested before every path', () => {
  expect(endpointOf('http://a/trpc', 'security.countersign').pathOf('event.list')).toBe(
    'security.countersign.event.list',
  );
  expect(endpointOf('http://a/trpc', undefined).pathOf('event.list')).toBe('event.list');
});

it('resolves a relative URL against the page, and refuses it where there is none', () => {
  expect(() => endpointOf('/trpc', undefined)).toThrow(TypeError);
  vi.stubGlobal('location', { href: 'https://bank.example/transfer?step=2' });
  expect(endpointOf('/trpc', undefined)).toMatchObject({ webSocket: 'wss://bank.example/trpc' });
});
