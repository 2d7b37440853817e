import { natsBus, type EventBus, type NatsBusOptions } from '@countersign/server';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/nats/session.ts';
import { natsSettings } from '../../src/nats/settings.ts';
import { idsOf, listenTo, messages, nthMessage } from './listening.ts';
import { createNatsServer, startNatsServer, type NatsServer } from './nats-server.ts';

const patience = { timeout: 20_000 };

function open(options: NatsBusOptions): EventBus & AsyncDisposable {
  const bus = natsBus(options);
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.close() });
}

async function untilConnected(...buses: readonly EventBus[]): Promise<void> {
  await expect.poll(() => buses.every(({ isConnected }) => isConnected), patience).toBe(true);
}

/** Looks at the stream as its operator would. */
async function streamOf({ url }: NatsServer, name = 'countersign') {
  const connection = await connect({ servers: url.slice('nats://'.length) });
  try {
    return await (await jetstreamManager(connection)).streams.info(name);
  } finally {
    await connection.close();
  }
}

describe('a bus by NATS', () => {
  it('brings every listener what is published from then on, in order', async () => {
    await using server = await startNatsServer();
    await using relay = open({ servers: server.url });
    await using node = open({ servers: server.url });
    const [first, second] = [await listenTo(relay), await listenTo(node)];
    await untilConnected(relay, node);
    await relay.publish(messages(0, 1500));
    await expect.poll(() => [first.ids.length, second.ids.length], patience).toEqual([1500, 1500]);
    expect(first.ids).toEqual(idsOf(0, 1500));
    expect(second.ids).toEqual(first.ids);

    await using late = open({ servers: server.url });
    const third = await listenTo(late);
    await untilConnected(late);
    await relay.publish(messages(1500, 1510));
    await expect.poll(() => third.ids, patience).toEqual(idsOf(1500, 1510));
  });

  it('keeps a message once, however often it is published', async () => {
    await using server = await startNatsServer();
    await using relay = open({ servers: server.url });
    await using other = open({ servers: server.url });
    const heard = await listenTo(relay);
    await listenTo(other);
    await untilConnected(relay, other);
    await relay.publish(messages(0, 10));
    await Promise.all([relay.publish(messages(5, 15)), other.publish(messages(0, 15))]);
    await relay.publish([nthMessage(15)]);
    await expect.poll(() => heard.ids.at(-1), patience).toBe('evt_15');
    expect(heard.ids.toSorted()).toEqual(idsOf(0, 16).toSorted());
    expect((await streamOf(server)).state.messages).toBe(16);
  });

  it('publishes one call after the other', async () => {
    await using server = await startNatsServer();
    await using relay = open({ servers: server.url });
    const heard = await listenTo(relay);
    await untilConnected(relay);
    await Promise.all([relay.publish(messages(0, 600)), relay.publish(messages(600, 1200))]);
    await expect.poll(() => heard.ids.length, patience).toBe(1200);
    expect(heard.ids).toEqual(idsOf(0, 1200));
  });

  it('makes a stream with limits, in a file', async () => {
    await using server = await startNatsServer();
    await using bus = open({
      servers: server.url,
      stream: 'bank',
      subjectPrefix: 'bank.prod',
      ageSecondsMax: 600,
      bytesMax: 1_000_000,
    });
    await listenTo(bus);
    await untilConnected(bus);
    const { config } = await streamOf(server, 'bank');
    expect(config).toMatchObject({
      subjects: ['bank.prod.log'],
      storage: 'file',
      discard: 'old',
      max_age: 600e9,
      max_bytes: 1_000_000,
      duplicate_window: 120e9,
      num_replicas: 1,
    });
  });

  it('leaves a stream as it is that somebody else has made', async () => {
    await using server = await startNatsServer();
    const connection = await connect({ servers: `127.0.0.1:${server.port}` });
    const manager = await jetstreamManager(connection);
    const made = await manager.streams.add({ name: 'countersign', subjects: ['countersign.>'], max_msgs: 7 });
    await connection.close();
    await using bus = open({ servers: server.url });
    const heard = await listenTo(bus);
    await untilConnected(bus);
    await bus.publish(messages(0, 20));
    await expect.poll(() => heard.ids.length, patience).toBeGreaterThan(6);
    expect((await streamOf(server)).config).toEqual(made.config);
  });

  it('keeps two installations apart by their streams and subjects', async () => {
    await using server = await startNatsServer();
    await using one = open({ servers: server.url });
    await using two = open({ servers: server.url, stream: 'other', subjectPrefix: 'other' });
    const [first, second] = [await listenTo(one), await listenTo(two)];
    await untilConnected(one, two);
    await one.publish(messages(0, 5));
    await two.publish(messages(5, 10));
    await expect.poll(() => second.ids, patience).toEqual(idsOf(5, 10));
    await expect.poll(() => first.ids, patience).toEqual(idsOf(0, 5));
  });

  it('passes over what is no message', async () => {
    await using server = await startNatsServer();
    await using bus = open({ servers: server.url });
    const heard = await listenTo(bus);
    await untilConnected(bus);
    const connection = await connect({ servers: `127.0.0.1:${server.port}` });
    for (const text of ['', '{', '{}', '[]', '"evt"', '{"id":1,"after":"","row":""}'])
      connection.publish('countersign.log', text);
    connection.publish('countersign.log', new Uint8Array([0xff, 0xfe, 0]));
    await connection.drain();
    await bus.publish(messages(0, 3));
    await expect.poll(() => heard.ids, patience).toEqual(idsOf(0, 3));
  });
});

describe('a NATS that is away', () => {
  it('keeps nobody from starting, and is joined when it is there', async () => {
    await using server = await createNatsServer();
    await using bus = open({ servers: server.url });
    const heard = await listenTo(bus);
    await expect.poll(() => heard.happened, patience).toEqual(['away']);
    expect(bus.isConnected).toBe(false);
    await expect(bus.publish(messages(0, 1))).rejects.toMatchObject({ reason: 'unavailable_dependency' });
    await server.start();
    await untilConnected(bus);
    await bus.publish(messages(1, 2));
    await expect.poll(() => heard.ids, patience).toEqual(['evt_1']);
    expect(heard.happened).toEqual(['away', 'back']);
  });

  it('is noticed when it is killed, and joined again when it is back', async () => {
    await using server = await startNatsServer();
    await using relay = open({ servers: server.url });
    await using node = open({ servers: server.url });
    const heard = await listenTo(node);
    await listenTo(relay);
    await untilConnected(relay, node);
    for (let times = 0; times < 3; times += 1) {
      await relay.publish(messages(times * 10, times * 10 + 10));
      await expect.poll(() => heard.ids.length, patience).toBe(times * 10 + 10);
      await server.kill();
      await expect.poll(() => [relay.isConnected, node.isConnected], patience).toEqual([false, false]);
      await expect(relay.publish([nthMessage(99)])).rejects.toMatchObject({
        reason: 'unavailable_dependency',
      });
      await server.start();
      await untilConnected(relay, node);
    }
    expect(heard.ids).toEqual(idsOf(0, 30));
    expect(heard.happened.filter((what) => what === 'back')).toHaveLength(4);
  });

  it('that comes back with an empty store gets its stream anew', async () => {
    await using server = await startNatsServer();
    await using bus = open({ servers: server.url });
    const heard = await listenTo(bus);
    await untilConnected(bus);
    await bus.publish(messages(0, 100));
    await expect.poll(() => heard.ids.length, patience).toBe(100);
    await server.kill();
    server.wipe();
    await server.start();
    await expect.poll(() => heard.happened, patience).toEqual(['back', 'away', 'back']);
    await bus.publish(messages(100, 110));
    await expect.poll(() => heard.ids, patience).toEqual(idsOf(0, 110));
  });

  it('tells a node that was cut off what it has missed', async () => {
    await using server = await startNatsServer();
    await using relay = open({ servers: server.url });
    await listenTo(relay);
    await untilConnected(relay);
    const settings = natsSettings({ servers: server.url });
    const ids: string[] = [];
    const received = (some: readonly { id: string }[]) => ids.push(...some.map(({ id }) => id));
    const first = await openSession(settings, null, received);
    await relay.publish(messages(0, 5));
    await expect.poll(() => ids.length, patience).toBe(5);
    await first.close();
    await relay.publish(messages(5, 50));
    const second = await openSession(settings, first.place, received);
    await expect.poll(() => ids, patience).toEqual(idsOf(0, 50));
    await second.close();
    // A stream that was made anew counts anew: what it counts says nothing about the one before.
    const third = await openSession(settings, { ...second.place, madeAt: '2020-01-01T00:00:00Z' }, received);
    await relay.publish(messages(50, 51));
    await expect.poll(() => ids, patience).toEqual(idsOf(0, 51));
    await third.close();
  });

  it('is joined again when its stream was deleted', async () => {
    await using server = await startNatsServer();
    await using bus = open({ servers: server.url });
    const heard = await listenTo(bus);
    await untilConnected(bus);
    const connection = await connect({ servers: `127.0.0.1:${server.port}` });
    await (await jetstreamManager(connection)).streams.delete('countersign');
    await connection.close();
    await expect.poll(() => heard.happened, patience).toEqual(['back', 'away', 'back']);
    await bus.publish(messages(0, 2));
    await expect.poll(() => heard.ids, patience).toEqual(idsOf(0, 2));
  });

  it('that stands still is away', async () => {
    await using server = await startNatsServer();
    await using bus = open({ servers: server.url });
    const heard = await listenTo(bus);
    await untilConnected(bus);
    await server.freeze();
    const refused = bus.publish(messages(0, 1)).catch((error: unknown) => error);
    await expect.poll(() => heard.happened, patience).toEqual(['back', 'away']);
    expect(await refused).toMatchObject({ reason: 'unavailable_dependency' });
    server.goOn();
    await untilConnected(bus);
    await bus.publish(messages(1, 2));
    await expect.poll(() => heard.ids.at(-1), patience).toBe('evt_1');
  });

  it('keeps nobody from ending', async () => {
    const buses = [natsBus({ servers: 'nats://127.0.0.1:1' }), natsBus({ servers: 'nats://127.0.0.1:1' })];
    await listenTo(buses[0] as EventBus);
    await Promise.all(buses.map((bus) => bus.close()));
    expect(buses.map(({ isConnected }) => isConnected)).toEqual([false, false]);
  });
});

describe('who may listen', () => {
  const password = 'p@ss/wörd:1';
  const inUrl = encodeURIComponent(password);

  it.each([
    ['a user and a password', `user: ada, password: "${password}"`, `ada:${inUrl}@`],
    ['a token', `token: "${password}"`, `${inUrl}@`],
  ])('is said by %s in the URL', async (_, authorization, user) => {
    await using server = await startNatsServer(`authorization { ${authorization} }`);
    await using bus = open({ servers: `nats://${user}127.0.0.1:${server.port}` });
    const heard = await listenTo(bus);
    await untilConnected(bus);
    await bus.publish(messages(0, 1));
    await expect.poll(() => heard.ids, patience).toEqual(['evt_0']);
  });

  it('is not told to anybody when it is refused', async () => {
    await using server = await startNatsServer('authorization { user: ada, password: right }');
    await using bus = open({ servers: `nats://ada:${inUrl}@127.0.0.1:${server.port}` });
    const heard = await listenTo(bus);
    await expect.poll(() => heard.causes.length, patience).toBe(1);
    expect(heard.causes[0]).toMatch(/authori/i);
    expect(heard.causes.join()).not.toContain('ss');
    const refused = await bus.publish([nthMessage(0)]).catch((error: unknown) => error);
    expect(`${String(refused)} ${String((refused as Error).cause)}`).not.toContain('rd:1');
  });

  it('is asked by the certificate of the server, and nothing is sent where there is none', async () => {
    const path = (file: string) => fileURLToPath(new URL(`certificate/${file}`, import.meta.url));
    const ca = readFileSync(path('authority.pem'), 'utf8');
    await using encrypted = await startNatsServer(
      `tls { cert_file: "${path('server.pem')}", key_file: "${path('server-key.pem')}" }`,
    );
    await using plain = await startNatsServer();
    await using trusting = open({ servers: `tls://localhost:${encrypted.port}`, tls: { ca } });
    await using stranger = open({ servers: `tls://localhost:${encrypted.port}` });
    await using demanding = open({ servers: `tls://localhost:${plain.port}`, tls: { ca } });
    const heard = await listenTo(trusting);
    const refused = [await listenTo(stranger), await listenTo(demanding)];
    await untilConnected(trusting);
    await trusting.publish(messages(0, 1));
    await expect.poll(() => heard.ids, patience).toEqual(['evt_0']);
    await expect.poll(() => refused.map(({ causes }) => causes.length), patience).toEqual([1, 1]);
    expect(refused[0]?.causes[0]).toMatch(/certificate/i);
    expect(refused[1]?.causes[0]).toMatch(/tls/);
    expect([stranger.isConnected, demanding.isConnected]).toEqual([false, false]);
  });
});
