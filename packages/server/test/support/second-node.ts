import { otp } from '@countersign/core';
import { createCountersign, type Countersign } from '../../src/countersign.ts';
import { listen } from '../../src/http/listen.ts';
import { createLogger } from '../../src/log/logger.ts';
import type { CountersignOptions } from '../../src/options.ts';
import type { TestServer } from '../../testing/index.ts';

/** A second server on the database of a first, as behind a balancer. */
export interface SecondNode extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly cs: Countersign;
}

export async function startSecondNode(
  first: TestServer,
  options: Pick<CountersignOptions, 'secret'> & Partial<CountersignOptions>,
): Promise<SecondNode> {
  const listener = await listen({ port: 0, host: '127.0.0.1' });
  const cs = await createCountersign({
    issuer: 'Test Bank',
    audience: 'bank.test',
    methods: [otp({ send: first.inbox.send })],
    migrate: false,
    sweep: false,
    ...options,
    database: first.database.url,
    clock: first.clock,
    logger: createLogger({ level: 'debug', write: (line) => void (first.log as string[]).push(line) }),
  });
  listener.answerWith(cs.handler);
  cs.attachWebSocket(listener.server);
  return {
    url: `http://localhost:${listener.port}`,
    port: listener.port,
    cs,
    async [Symbol.asyncDispose]() {
      await Promise.all([listener.close(), cs.drain()]);
      await cs.close();
    },
  };
}
