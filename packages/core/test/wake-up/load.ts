import type { Node } from '../scoped-token/stored/two-nodes.ts';
import { create } from './told-nodes.ts';

export interface Load extends AsyncDisposable {
  /** How many calls have been answered so far. */
  answered(): number;
}

/** Requests that are made and denied on all nodes at the same time, until it is disposed of. */
export function startLoad(nodes: readonly Node[], clientsEach = 4): Load {
  let [isOver, answered, subjects] = [false, 0, 0];
  const client = async (node: Node) => {
    while (!isOver) {
      const { id } = await create(node, `load-${(subjects += 1)}`);
      await node.core.authorizationRequest.deny(node.service, { id });
      answered += 2;
    }
  };
  const clients = Promise.all(
    nodes.flatMap((node) => Array.from({ length: clientsEach }, () => client(node))),
  );
  clients.catch(() => undefined); // told when it is disposed of
  return {
    answered: () => answered,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await clients;
    },
  };
}
