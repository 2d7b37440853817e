import type { CoreContext } from '../../src/index.ts';
import type { Node } from '../scoped-token/stored/two-nodes.ts';

type CreateInput = Parameters<Node['core']['serviceKey']['create']>[1];

/** As whom keys are made and ended. */
export function operatorOf({ core }: Node): CoreContext {
  return core.context({ kind: 'operator' });
}

/** A key that was just made, with its text. */
export async function createKey(
  node: Node,
  input: Partial<CreateInput> = {},
): Promise<{ readonly id: string; readonly key: string }> {
  const { id, key } = await node.core.serviceKey.create(operatorOf(node), { title: 'billing', ...input });
  return { id, key: key ?? '' };
}

/** Of one node, what it reads in the background about service keys fails until this is disposed of. */
export function pauseKeyReads({ service }: Node): Disposable {
  const { pool } = service.database;
  const { query } = pool;
  const broken: typeof query = (asked, parameters) =>
    asked.name.endsWith('service_key_in_force')
      ? Promise.reject(new Error('the connection was lost'))
      : query(asked, parameters);
  Reflect.set(pool, 'query', broken);
  return { [Symbol.dispose]: () => void Reflect.set(pool, 'query', query) };
}

/** How often a node has sent each statement about service keys since. */
export function countStatements({ service }: Node): Disposable & { readonly sent: readonly string[] } {
  const { pool } = service.database;
  const { query } = pool;
  const sent: string[] = [];
  const counted: typeof query = (asked, parameters) => {
    if (asked.name.includes('service_key')) sent.push(asked.name.replace('countersign_', ''));
    return query(asked, parameters);
  };
  Reflect.set(pool, 'query', counted);
  return { sent, [Symbol.dispose]: () => void Reflect.set(pool, 'query', query) };
}
