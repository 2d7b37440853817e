import { serve, type ServerType } from '@hono/node-server';
import { createCountersign, otp, type Countersign, type CountersignOptions } from '@countersign/server';
import type { Hono } from 'hono';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createReports, type Visit } from './reports.ts';

/** The bank behind a port. */
export interface Bank extends AsyncDisposable {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly cs: Countersign;
  /** What its routes have seen, in order. */
  readonly visits: readonly Visit[];
}

export type BankOptions = Pick<CountersignOptions, 'database' | 'secret'> &
  Partial<Pick<CountersignOptions, 'clock' | 'scopedToken'>>;

export async function openBank(
  options: BankOptions,
  createApp: (cs: Countersign, visits: Visit[]) => Hono = createReports,
): Promise<Bank> {
  const cs = await createCountersign({
    issuer: 'Acme Bank',
    audience: 'bank.example',
    methods: [otp({ send: async () => undefined })],
    ...options,
  });
  const visits: Visit[] = [];
  const server: ServerType = serve({ fetch: createApp(cs, visits).fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    cs,
    visits,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
      await cs.close();
    },
  };
}
