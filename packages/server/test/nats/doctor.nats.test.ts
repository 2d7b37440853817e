import { natsBus } from '@countersign/server';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { natsFinding } from '../../src/cli/doctor/nats.ts';
import { listenTo } from './listening.ts';
import { startNatsServer } from './nats-server.ts';

it('the doctor knows whether NATS answers, lets us in and keeps streams', { timeout: 60_000 }, async () => {
  await using nats = await startNatsServer('authorization { user: ada, password: "correct-horse-4711" }');
  const as = (password: string) => natsFinding(`nats://ada:${password}@127.0.0.1:${nats.port}`);
  expect(await as('correct-horse-4711')).toEqual({
    name: 'nats',
    state: 'ok',
    says: `127.0.0.1:${nats.port} answers, with JetStream`,
  });
  const refused = await as('wrong-horse-4712');
  expect(refused).toMatchObject({
    state: 'problem',
    says: expect.stringContaining('AuthorizationError') as string,
  });
  expect(JSON.stringify(refused)).not.toContain('horse');
  await nats.kill();
  expect(await as('correct-horse-4711')).toMatchObject({ state: 'problem' });
});

it('the rights of deploy/nats are enough for the doctor, before the stream is made and after', async () => {
  const file = readFileSync(new URL('../../../../deploy/nats/nats.conf', import.meta.url), 'utf8');
  await using nats = await startNatsServer(file.slice(file.indexOf('authorization')), {
    NATS_PASSWORD: 'right',
  });
  const url = `nats://countersign:right@127.0.0.1:${nats.port}`;
  expect(await natsFinding(url)).toMatchObject({ state: 'ok' });
  const bus = natsBus({ servers: url });
  try {
    await listenTo(bus);
    await expect.poll(() => bus.isConnected).toBe(true);
    expect(await natsFinding(url)).toMatchObject({ state: 'ok' });
  } finally {
    await bus.close();
  }
});

it('the doctor knows a NATS without JetStream', async () => {
  await using nats = await startNatsServer('jetstream: false');
  expect(await natsFinding(nats.url)).toMatchObject({ state: 'problem' });
});
