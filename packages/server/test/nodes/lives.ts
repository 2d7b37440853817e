import { setTimeout as sleep } from 'node:timers/promises';
import { code } from './serve-node.ts';

/** Requests that are created, granted and consumed over HTTP, one after the other by each client. */
export interface Lives {
  /** Whole lives so far. */
  lived(): number;
  /** Calls that were not answered by 200, and why. */
  readonly failed: readonly string[];
  /** Lets each client end the life it is in. */
  finish(): Promise<void>;
}

/** So that what starts beside it has a processor as well. */
const pauseMs = 50;
const data = { to: 'GB29', amountCents: 250_000 };

/** Nothing is repeated: each call is answered, or has failed. */
export function startLives(url: string, serviceKey: string, clients: number): Lives {
  const failed: string[] = [];
  let [isOver, lived] = [false, 0];
  const headers = { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' };

  async function call(verb: string, input: object): Promise<{ readonly id: string } | null> {
    const path = `/trpc/authorizationRequest.${verb}`;
    try {
      const answer = await fetch(url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify({ json: input }),
      });
      const text = await answer.text();
      if (answer.ok)
        return (JSON.parse(text) as { result: { data: { json: { id: string } } } }).result.data.json;
      failed.push(`${verb} ${answer.status} ${text}`);
    } catch (error) {
      failed.push(`${verb} ${String(error)}`);
    }
    return null;
  }

  async function live(subjectId: string): Promise<void> {
    const deliverTo = { channel: 'email', address: `${subjectId}@example.org` };
    const created = await call('create', { slug: 'transfer', subjectId, data, title: 'Transfer', deliverTo });
    if (!created) return;
    const { id } = created;
    if (!(await call('grant', { id, proof: { method: 'otp', code } }))) return;
    if (await call('consume', { id, slug: 'transfer', subjectId, data })) lived += 1;
  }

  const client = async (number: number) => {
    for (let turn = 0; !isOver; turn += 1) {
      await live(`person-${number}-${turn}`);
      await sleep(pauseMs);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return {
    lived: () => lived,
    failed,
    async finish() {
      isOver = true;
      await running;
    },
  };
}
