import { describe, expect, it } from 'vitest';
import { allowsHttp, allowsProcedure, type ProcedureType } from '../../src/scoped-token/index.ts';

const query = (grant: string, path: string) => allowsProcedure({ rpc: { q: [grant] } }, 'query', path);

describe('a grant of procedures', () => {
  it.each([
    ['invoice.list', 'invoice.list', true],
    ['invoice.list', 'invoice.listAll', false],
    ['invoice.list', 'invoice.lis', false],
    ['invoice.list', 'invoice.list.all', false],
    ['invoice.list', 'Invoice.list', false],
    ['invoice.list', 'invoice.List', false],
    ['invoice.list', 'invoicexlist', false],
    ['invoice', 'invoice.list', false],
    ['invoice.*', 'invoice.list', true],
    ['invoice.*', 'invoice', false],
    ['invoice.*', 'invoice.', false],
    ['invoice.*', 'invoice.line.list', false],
    ['invoice.*', 'invoices.list', false],
    ['*.list', 'invoice.list', true],
    ['*.list', 'invoice.line.list', false],
    ['*.list', '.list', false],
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.c', false],
    ['a.*.c', 'a.b.b.c', false],
    ['*', 'a', true],
    ['*', 'a.b', false],
    ['feed.**', 'feed.a', true],
    ['feed.**', 'feed.a.b.c', true],
    ['feed.**', 'feed', false],
    ['feed.**', 'feed.', false],
    ['feed.**', 'feeds.a', false],
    ['a.*.**', 'a.b', false],
    ['a.*.**', 'a.b.c', true],
    ['**', 'a', true],
    ['**', 'a.b.c', true],
    // What no minter writes opens nothing.
    ['inv*', 'invoice', false],
    ['inv*', 'inv*', false],
    ['**.list', 'a.list', false],
    ['a.**.c', 'a.b.c', false],
    ['', 'a', false],
    ['', '', false],
    ['.*', 'a', false],
    ['/invoice/**', 'invoice', false],
  ])('%s opens %s: %s', (grant, path, isOpen) => {
    expect(query(grant, path)).toBe(isOpen);
  });

  it.each([
    '',
    '.',
    'a..b',
    '.a',
    'a.',
    '*',
    '**',
    'a.*',
    'a/b',
    'a b',
    'a%2eb',
    'é',
    'a\n',
    'a\0',
    'a.\ud800',
    'x'.repeat(65),
  ])('opens no path like “%s”, though it opens everything', (path) => {
    expect(query('**', path)).toBe(false);
  });

  it.each([[undefined], [null], [['a']], [{ length: 1 }]])(
    'opens nothing for what is no text: %j',
    (path) => {
      expect(query('**', path as unknown as string)).toBe(false);
      expect(allowsHttp({ http: { GET: ['/**'] } }, 'GET', path as unknown as string)).toBe(false);
    },
  );

  it('opens one type only, which no case and no accident of objects changes', () => {
    const scope = { rpc: { m: ['**'] } };
    expect(allowsProcedure(scope, 'mutation', 'a')).toBe(true);
    for (const type of ['query', 'subscription', 'Mutation', 'm', 'constructor', '__proto__', ''])
      expect(allowsProcedure(scope, type as ProcedureType, 'a'), type).toBe(false);
  });

  it('is no grant of requests, nor the reverse', () => {
    expect(allowsHttp({ rpc: { q: ['**'], m: ['**'], s: ['**'] } }, 'GET', '/a')).toBe(false);
    expect(allowsProcedure({ http: { GET: ['/**'], POST: ['/**'] } }, 'query', 'a')).toBe(false);
  });

  it('is looked for in time linear to its length', () => {
    const path = Array.from({ length: 20_000 }, () => 'a').join('.');
    const started = performance.now();
    for (const grant of [Array.from({ length: 128 }, () => '*').join('.'), 'a.*.a.*.a.*.b', '*.*.*.*.**'])
      query(grant, path);
    query('**', `${'a'.repeat(100_000)}!`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
