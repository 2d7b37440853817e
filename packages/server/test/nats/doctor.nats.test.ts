import { expect, it } from 'vitest';
import { natsFinding } from '../../src/cli/doctor/nats.ts';
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
