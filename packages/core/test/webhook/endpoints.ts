import type {
  Core,
  CoreContext,
  CoreOptions,
  EventView,
  WebhookOutcome,
  WebhookSend,
  WebhookTransport,
} from '../../src/index.ts';
import { openTestCore, plant, type TestCore } from '../../testing/index.ts';

/** What came of a message at the far end. */
export const answers = (status: number, retryAfterSeconds: number | null = null): WebhookOutcome => ({
  kind: 'answered',
  status,
  milliseconds: 1,
  retryAfterSeconds,
});

/** The world outside: what was sent, and what is answered to it, by the host that is sent to. */
export interface FarEnd extends WebhookTransport {
  readonly sent: readonly WebhookSend[];
  /** Those that have not been answered yet. */
  readonly open: number;
  answer(host: string, behave: (delivery: WebhookSend) => WebhookOutcome | Promise<WebhookOutcome>): void;
  to(host: string): readonly WebhookSend[];
}

/** Every host takes everything until it is told otherwise. As a transport must, it ends when its signal aborts. */
export function createFarEnd(): FarEnd {
  const sent: WebhookSend[] = [];
  const behaviour = new Map<string, (delivery: WebhookSend) => WebhookOutcome | Promise<WebhookOutcome>>();
  const hostOf = ({ url }: WebhookSend) => new URL(url).hostname;
  let open = 0;
  return {
    sent,
    get open() {
      return open;
    },
    answer: (host, behave) => void behaviour.set(host, behave),
    to: (host) => sent.filter((delivery) => hostOf(delivery) === host),
    async send(delivery) {
      sent.push(delivery);
      open += 1;
      const { promise: aborted, resolve } = Promise.withResolvers<WebhookOutcome>();
      const abort = () => resolve({ kind: 'failed', reason: 'aborted', milliseconds: 1 });
      delivery.signal.addEventListener('abort', abort, { once: true });
      try {
        const behave = behaviour.get(hostOf(delivery)) ?? (() => answers(200));
        return await Promise.race([behave(delivery), aborted]);
      } finally {
        open -= 1;
        delivery.signal.removeEventListener('abort', abort);
      }
    },
  };
}

/** One that accepts the connection and says nothing, ever. */
export const tarpit = () => new Promise<WebhookOutcome>(() => undefined);

export function operatorOf({ core }: { readonly core: Core }): CoreContext {
  return core.context({ kind: 'operator' });
}

type CreateInput = Parameters<Core['webhook']['create']>[1];

/** An endpoint at a host of its own; its secret is a canary from then on. */
export async function createEndpoint(
  test: { readonly core: Core },
  host = 'ledger.example',
  input: Partial<CreateInput> = {},
): Promise<{ readonly id: string; readonly secret: string }> {
  const made = await test.core.webhook.create(operatorOf(test), { url: `https://${host}/hook`, ...input });
  plantSecret(made.secret ?? '');
  return { id: made.id, secret: made.secret ?? '' };
}

/** Base64 is no canary's alphabet; a part of it is. */
export function plantSecret(secret: string): string {
  const part = /[A-Za-z0-9]{16,}/.exec(secret.replace('whsec_', ''))?.[0];
  if (part !== undefined) plant(part);
  return secret;
}

/** Waits until something is so, looking often; what never becomes so is the test’s time limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** One event on its way: a cancelled request is two, created and cancelled. */
export async function anEvent(test: TestCore, subjectId = 'ada'): Promise<string> {
  const { id } = await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId,
    title: 'Transfer money',
    data: {},
    deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
  });
  await test.core.authorizationRequest.cancel(test.service, { id });
  return id;
}

/** What a message carries. */
export function bodyOf({ body }: WebhookSend): { type: string; timestamp: string; data: EventView } {
  return JSON.parse(body) as { type: string; timestamp: string; data: EventView };
}

export async function deliveriesIn(
  test: { readonly core: Core },
  state?: 'waiting' | 'delivered' | 'failed' | 'cancelled',
) {
  const { items } = await test.core.webhook.deliveries(operatorOf(test), {
    ...(state && { state }),
    limit: 100,
  });
  return items;
}

/** One event: a token is issued. */
export async function oneEvent(test: TestCore, subjectId = 'ada'): Promise<void> {
  await test.core.scopedToken.issue(test.service, { subjectId, preset: 'subject' });
}

/** Moves the clock from try to try, until what is owed has been tried so often. */
export async function throughTries(test: TestCore, tries: number, deliveries = 1): Promise<void> {
  for (;;) {
    const all = await deliveriesIn(test);
    const owed = all.filter(({ state }) => state !== 'delivered');
    if (all.length === deliveries && owed.every((delivery) => delivery.tries.length >= tries)) return;
    const now = test.clock.now().getTime();
    const next = all
      .filter(({ state }) => state === 'waiting')
      .map(({ nextTryAt }) => nextTryAt?.getTime() ?? now);
    if (all.length === deliveries && next.every((moment) => moment > now))
      test.clock.set(new Date(Math.min(...next)));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function disabledEvents(test: TestCore): Promise<readonly EventView[]> {
  const { items } = await test.events(test.service, { types: ['webhook.disabled'] });
  return items;
}

/** Core that sends to a far end. */
export async function openEndpoints(
  options: Partial<CoreOptions> = {},
): Promise<{ readonly far: FarEnd; readonly test: TestCore }> {
  const far = createFarEnd();
  return { far, test: await openTestCore({ webhooks: { transport: far }, ...options }) };
}
