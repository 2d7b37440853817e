import { openCore } from '@countersign/core';
import { createRandom } from '@countersign/core/testing';
import { Webhook } from 'standardwebhooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '../webhook/certificate.ts';
import { openEndpoint } from '../webhook/endpoint.ts';

/** What one try has brought, as its receiver reads it: signature first. */
export interface ReceivedWebhook {
  /** `webhook-id`: of the event. */
  readonly id: string;
  readonly isSigned: boolean;
  readonly type: string;
  readonly aboutId: string;
  readonly sequence: number;
}

/** Somebody whom the nodes tell of some events by webhooks, and who takes them all. */
export interface Receiver extends AsyncDisposable {
  readonly received: readonly ReceivedWebhook[];
  /** Makes it an endpoint of the installation: what happens from now on is sent to it. */
  register(installation: { readonly database: string; readonly secret: string }): Promise<void>;
}

/** Not all of what happens, so that the filter is seen as well. */
export const typesSent = ['authorization_request.granted', 'authorization_request.consumed'] as const;

/** An answer takes its time, so that a process which ends is sending something. */
const answerMsMax = 200;

export async function openReceiver(address: string, authority: Authority): Promise<Receiver> {
  const random = createRandom(1);
  const received: ReceivedWebhook[] = [];
  let webhook: Webhook | null = null;
  const endpoint = await openEndpoint({
    address,
    certificate: authority.issue(address),
    answer(_request, response) {
      const one = endpoint.received.at(-1)!;
      received.push(read(one.body, one.headers));
      void sleep(random.integer(answerMsMax)).then(() => response.writeHead(204).end());
    },
  });

  /** Times out of five minutes are refused, so it is asked at once. */
  function read(body: string, headers: Readonly<Record<string, string>>): ReceivedWebhook {
    const { type, data } = JSON.parse(body) as {
      readonly type: string;
      readonly data: {
        readonly id: string;
        readonly about: { readonly id: string };
        readonly sequence: number;
      };
    };
    const id = headers['webhook-id'] ?? '';
    const isSigned = data.id === id && isVerified(body, headers);
    return { id, isSigned, type, aboutId: data.about.id, sequence: data.sequence };
  }

  function isVerified(body: string, headers: Readonly<Record<string, string>>): boolean {
    try {
      webhook?.verify(body, headers);
      return webhook !== null;
    } catch {
      return false;
    }
  }

  return {
    received,
    async register({ database, secret }) {
      const core = await openCore({
        database,
        secret,
        methods: [],
        migrate: false,
        sweep: false,
        listen: false,
      });
      try {
        const operator = core.context({ kind: 'operator' });
        const url = `https://${address}:${endpoint.port}/`;
        const made = await core.webhook.create(operator, { url, types: [...typesSent] });
        webhook = new Webhook(made.secret ?? '');
      } finally {
        await core.close();
      }
    },
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  };
}
