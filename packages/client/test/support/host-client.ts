import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpLink,
  wsLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { observable, tap } from '@trpc/server/observable';
import type { TransformerOption } from '../../src/index.ts';
import type { GuardedRouter, Person } from './guarded-bank.ts';

export const carriers = ['batch', 'http', 'websocket'] as const;
export type Carrier = (typeof carriers)[number];

interface HostClientOptions {
  readonly by?: Carrier;
  readonly transformer?: TransformerOption;
  readonly refused?: (error: unknown) => void;
  /** Awaited before the first, second … call is sent, repetitions counted. */
  readonly before?: (number: number) => void | Promise<void>;
}

/** The host's own client, by one way, with a link before what sends. `refused` hears of every call that is, repetitions too. */
export function hostClient(
  { url }: Person,
  link: TRPCLink<AnyRouter>,
  {
    by = 'batch',
    transformer = null,
    refused = () => undefined,
    before = () => undefined,
  }: HostClientOptions = {},
): TRPCClient<GuardedRouter> {
  // The types ask for a transformer exactly where the router has one; here that is known only when it runs.
  const options = { url, ...(transformer && { transformer }) };
  return createTRPCClient<GuardedRouter>({
    links: [link, telling(refused), waitingFor(before), sending(by, options) as never],
  });
}

function telling(refused: (error: unknown) => void): TRPCLink<AnyRouter> {
  return () =>
    ({ op, next }) =>
      next(op).pipe(tap({ error: refused }));
}

function waitingFor(before: NonNullable<HostClientOptions['before']>): TRPCLink<AnyRouter> {
  let calls = 0;
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        const subscription = (async () => {
          await before((calls += 1));
          return next(op).subscribe(observer);
        })();
        return () => void subscription.then((sent) => sent.unsubscribe());
      });
}

function sending(by: Carrier, options: { readonly url: string }): TRPCLink<AnyRouter> {
  switch (by) {
    case 'batch':
      return httpBatchLink(options as never);
    case 'http':
      return httpLink(options as never);
    case 'websocket': {
      const client = createWSClient({
        url: options.url.replace(/^http/, 'ws'),
        lazy: { enabled: true, closeMs: 100 },
      });
      return wsLink({ ...options, client });
    }
  }
}
