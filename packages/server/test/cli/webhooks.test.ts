import { openCore, otp, type Core } from '@countersign/core';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { isOnThisMachine } from '../../src/cli/webhooks/receiver.ts';
import { startCommand, type RunningCommand } from '../support/command.ts';
import { openEndpoint } from '../webhook/endpoint.ts';
import { expectRefusals, openInstallation, type Installation } from './run-command.ts';

async function openServer({ database, secret }: Installation): Promise<Core & AsyncDisposable> {
  const methods = [otp({ send: async () => undefined })];
  const core = await openCore({ database: database.url, secret, methods, migrate: false, sweep: false });
  return { ...core, [Symbol.asyncDispose]: () => core.close() };
}

/** A request, and with it two events: created and challenged. */
async function ask(core: Core, subjectId: string): Promise<void> {
  const deliverTo = { channel: 'email', address: `${subjectId}@example.org` } as const;
  const service = core.context({ kind: 'service' });
  await core.authorizationRequest.create(service, {
    slug: 'transfer',
    title: 'Transfer',
    subjectId,
    deliverTo,
  });
}

function listenIn({ database, secret, path }: Installation, ...args: string[]): RunningCommand {
  const env = { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret };
  return startCommand(['webhooks', 'listen', ...args], { cwd: path, env });
}

describe('countersign webhooks listen', { timeout: 60_000 }, () => {
  it('forwards each event from now on, in order, signed with the secret it has shown', async () => {
    await using here = await openInstallation();
    await using core = await openServer(here);
    await using receiver = await openEndpoint();
    await ask(core, 'before');
    const url = `http://localhost:${receiver.port}/hook`;
    await using command = listenIn(here, '--forward-to', url);
    const [, secret] = await command.prints(/secret +(whsec_\S+)/);
    await ask(core, 'ada');
    await command.prints(
      /204 +authorization_request\.created +evt_\w+ +\d+ ms\n.*204 +authorization_request\.challenged/,
    );

    const events = receiver.received.map(({ body, headers }) => ({
      id: headers['webhook-id'],
      ...(new Webhook(secret!).verify(body, headers) as object),
    }));
    const { items } = await core.event.list(core.context({ kind: 'service' }), { subjectId: 'ada' });
    expect(events).toEqual(
      JSON.parse(
        JSON.stringify(
          items.map((data) => ({ id: data.id, type: data.type, timestamp: data.occurredAt, data })),
        ),
      ),
    );
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook']);

    command.signal('SIGTERM');
    expect(await command.ended).toBe(0);
    await ask(core, 'after');
    expect(receiver.received).toHaveLength(2);
  });

  it('forwards what was asked for, with the secret that was given, and says what came of it', async () => {
    await using here = await openInstallation();
    await using core = await openServer(here);
    const statuses = [302, null, 500, 200];
    await using receiver = await openEndpoint({
      answer({ socket }, response) {
        const status = statuses.shift()!;
        if (status === null) socket.destroy();
        else response.writeHead(status).end();
      },
    });
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const url = `http://127.0.0.1:${receiver.port}/`;
    const types = 'authorization_request.created, subject.locked';
    await using command = listenIn(here, '--forward-to', url, '--types', types, '--secret', secret, '--json');
    await command.prints(/forwardTo/);
    for (const subjectId of ['ada', 'bob', 'eve', 'kim']) await ask(core, subjectId);
    await command.prints(/"status":200/);
    const [beginning, ...deliveries] = command
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(beginning).toEqual({ forwardTo: url, types: ['authorization_request.created', 'subject.locked'] });
    const type = 'authorization_request.created';
    expect(deliveries).toMatchObject([
      { type, status: null, failure: 'redirected' },
      { type, status: null, failure: 'connection' },
      { type, status: 500, failure: null },
      { type, status: 200, failure: null },
    ]);
    for (const { body, headers } of receiver.received)
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type });
  });

  it('is not for production, and says of what is not acceptable what is expected', async () => {
    await using here = await openInstallation();
    const to = (url: string, ...args: string[]) => ['webhooks', 'listen', '--forward-to', url, ...args];
    await expectRefusals(here, [
      [['webhooks', 'listen'], /--forward-to/],
      [
        to('https://hooks.example.com/', '--types', 'subject.locked,nothing', '--secret', 'whsec_c2hvcnQ='),
        /--forward-to +expected a receiver on this machine.*\n +--types +expected some of auth.*\n +--secret +expected "whsec_"/,
      ],
    ]);
    const local = to('http://localhost:3000/hook');
    const production = await here.runWith({ env: { NODE_ENV: 'production' } }, ...local);
    expect(production).toMatchObject({ code: 1, answer: '' });
    expect(production.notes).toContain('is for development');
  });

  it('forwards to nobody but this machine', () => {
    for (const url of [
      'http://localhost:3000/hook',
      'http://hooks.localhost:3000',
      'https://localhost',
      'http://127.0.0.1:3000',
      'http://127.9.9.9:3000',
      'http://0x7f.1:3000',
      'http://[::1]:3000',
    ])
      expect(isOnThisMachine(url), url).toBe(true);
    for (const url of [
      'https://hooks.example.com/',
      'http://localhost.example.com:3000/',
      'http://localhost@1.1.1.1:3000/',
      'http://10.0.0.1:3000/',
      'http://0.0.0.0:3000/',
      'http://[::ffff:127.0.0.1]:3000/',
      'http://localhost:25/',
      'localhost:3000',
      'file:///hook',
      '',
    ])
      expect(isOnThisMachine(url), url).toBe(false);
  });
});
