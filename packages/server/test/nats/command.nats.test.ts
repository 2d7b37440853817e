import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startCommand } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startNatsServer } from './nats-server.ts';

const password = 'correct-horse-4711';

async function serve(natsUrl: string) {
  const database = await createTestDatabase();
  const folder = await temporaryDirectory();
  const command = startCommand(['serve', '--json'], {
    cwd: folder.path,
    env: {
      DATABASE_URL: database.url,
      COUNTERSIGN_SECRET: randomBytes(32).toString('base64'),
      COUNTERSIGN_SERVICE_KEY: `csk_${randomBytes(24).toString('hex')}`,
      COUNTERSIGN_NATS_URL: natsUrl,
      PORT: '0',
    },
  });
  return {
    ...command,
    async [Symbol.asyncDispose]() {
      await command[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe('countersign serve with COUNTERSIGN_NATS_URL', () => {
  it('feeds its streams from NATS, and stops', async () => {
    await using server = await startNatsServer(`authorization { user: ada, password: "${password}" }`);
    await using command = await serve(`nats://ada:${password}@127.0.0.1:${server.port}`);
    await command.prints(/listening/);
    await command.prints(/streams are fed from the bus/);
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(command.output()).not.toContain(password);
  });

  it('starts without NATS, says why, and shows no password', async () => {
    await using server = await startNatsServer('authorization { user: ada, password: another }');
    await using command = await serve(`nats://ada:${password}@127.0.0.1:${server.port}`);
    await command.prints(/listening/);
    const [line] = await command.prints(/.*the bus is away; streams are fed from the database.*/);
    expect(line).toMatch(/authori[sz]ation violation/i);
    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(command.output()).not.toContain(password);
  });
});
