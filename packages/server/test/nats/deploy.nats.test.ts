import { natsBus } from '@countersign/server';
import { connect } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { idsOf, listenTo, messages } from './listening.ts';
import { startNatsServer } from './nats-server.ts';

const patience = { timeout: 20_000 };
const file = readFileSync(new URL('../../../../deploy/nats/nats.conf', import.meta.url), 'utf8');
const authorization = file.slice(file.indexOf('authorization'));
const environment = { NATS_PASSWORD: 'right' };

it('the rights of deploy/nats are enough to make the stream, publish, listen, and go on after a kill', async () => {
  await using server = await startNatsServer(authorization, environment);
  const bus = natsBus({ servers: server.url, user: 'countersign', pass: 'right' });
  try {
    const heard = await listenTo(bus);
    await expect.poll(() => bus.isConnected, patience).toBe(true);
    await bus.publish(messages(0, 400));
    await expect.poll(() => heard.ids, patience).toEqual(idsOf(0, 400));
    await server.kill();
    await expect.poll(() => bus.isConnected, patience).toBe(false);
    await server.start();
    await expect.poll(() => bus.isConnected, patience).toBe(true);
    await bus.publish(messages(400, 410));
    await expect.poll(() => heard.ids, patience).toEqual(idsOf(0, 410));
  } finally {
    await bus.close();
  }
});

it('they are for one stream, and not for deleting or changing it', async () => {
  await using server = await startNatsServer(authorization, environment);
  const servers = `127.0.0.1:${server.port}`;
  await expect(connect({ servers, user: 'countersign', pass: 'wrong', timeout: 2000 })).rejects.toThrow(
    /authori/i,
  );
  const connection = await connect({ servers, user: 'countersign', pass: 'right' });
  try {
    for (const subject of [
      '$JS.API.STREAM.DELETE.countersign',
      '$JS.API.STREAM.PURGE.countersign',
      '$JS.API.STREAM.UPDATE.countersign',
      '$JS.API.STREAM.CREATE.other',
      'other',
    ])
      await expect(connection.request(subject, '', { timeout: 2000 }), subject).rejects.toThrow(
        /permission/i,
      );
  } finally {
    await connection.close();
  }
});
