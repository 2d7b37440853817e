import pg from 'pg';
import { expect, it } from 'vitest';
import { faxConfig, openNodes, operatorOf } from './two-nodes.ts';

/** What is sent to PostgreSQL about configured methods, by statement. */
function countStatements(): Disposable & { readonly sent: string[] } {
  const sent: string[] = [];
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const { name = '' } = input[0] as { readonly name?: string };
    if (name.startsWith('countersign_method_configuration')) sent.push(name.split('_').at(-1) ?? '');
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  return { sent, [Symbol.dispose]: () => void Reflect.set(pg.Client.prototype, 'query', query) };
}

it('a list costs no round trip once it is known, a change a lock and three statements, a removal a lock and one', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const operator = operatorOf(node);
  const { configure, list, remove } = node.core.method;
  const statements = countStatements();
  using _ = statements;
  await list(node.service);
  expect(statements.sent).toEqual(['read']);
  for (let n = 0; n < 50; n += 1) await list(node.service);
  expect(statements.sent.length).toBeLessThan(5); // polls
  const cost = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    statements.sent.length = 0;
    return await run();
  };
  const { id } = await cost(() => configure(operator, { key: 'fax', title: 'Fax', config: faxConfig }));
  expect(statements.sent.filter((name) => name !== 'read')).toEqual(['lock', 'put']);
  await cost(() => remove(operator, { id }));
  expect(statements.sent.filter((name) => name !== 'read')).toEqual(['lock', 'delete']);
});
