import type { z } from 'zod';
import { toBase32 } from '../base32.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { formatId, parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { isSuccess } from './judge.ts';
import { messageBody } from './owe.ts';
import { testInput, type testOutput } from './schema.ts';
import { sendOnce } from './send.ts';
import type { WebhookOptions } from './settings.ts';
import { signingSecrets } from './signing-secrets.ts';
import { readEndpointWithSecrets } from './statement/endpoint.ts';
import { storedTry } from './stored-try.ts';
import { triedOf } from './view.ts';

type Tested = z.output<typeof testOutput>;

/**
 * Sends one message of the type `webhook.test`, signed like any other, to this endpoint alone, once; the answer is what
 * came of it. It is no event: it stands in no log and reaches nobody else. An endpoint that is switched off can be tested.
 *
 * @throws CountersignError `forbidden`; `not_found` for an id that is none; `unavailable` where nothing is sent.
 */
export async function testWebhook(
  context: CoreContext,
  options: WebhookOptions | undefined,
  input: z.input<typeof testInput>,
): Promise<Tested> {
  const parsed = parseInput(testInput, input);
  requireOperator(context.actor);
  if (options === undefined) throw new CountersignError('unavailable');
  const id = parseId('webhook', parsed.id);
  if (id === null) throw new CountersignError('not_found');
  return await once<Tested, Tested>(context, 'webhook.test', parsed, {
    prepare: (preparing) => sendTest(preparing, options, id),
    write: async (_, tested) => ({ answer: tested as Tested, isNews: false }),
  });
}

async function sendTest(context: CoreContext, { transport }: WebhookOptions, id: string): Promise<Tested> {
  const { clock, db, ids } = context;
  const [endpoint] = await db.query(readEndpointWithSecrets, { id });
  if (!endpoint) throw new CountersignError('not_found');
  const now = clock.now();
  const secrets = signingSecrets(context, endpoint, now);
  if (secrets === null) return { delivered: false, ...triedOf(storedTry(now, null)) };
  const outcome = await sendOnce(transport, {
    url: endpoint.url,
    id: `test_${toBase32(Buffer.from(ids.uuid().replaceAll('-', ''), 'hex'))}`,
    secrets,
    body: messageBody('webhook.test', now, { endpointId: formatId('webhook', endpoint.id) }),
    signal: new AbortController().signal,
  });
  return { delivered: isSuccess(outcome), ...triedOf(storedTry(now, outcome)) };
}
