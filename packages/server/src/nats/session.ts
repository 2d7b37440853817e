import type { BusMessage } from '@countersign/core';
import {
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JsMsg,
  type StreamInfo,
} from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { readMessage, writeMessage } from './message.ts';
import type { NatsSettings } from './settings.ts';
import { ensureStream } from './stream.ts';

/** Where a node stands in the stream, from one session to the next. */
export interface StreamPlace {
  /** When the stream was made: one that was made anew counts from 1 again. */
  readonly madeAt: string;
  readonly sequence: number;
}

/** One connection to NATS: from when it can be heard until it cannot. It is not mended; another one is opened. */
export interface Session {
  /** @throws when NATS has not kept all of them. */
  publish(messages: readonly BusMessage[]): Promise<void>;
  /** Why it is over. */
  readonly ended: Promise<unknown>;
  readonly place: StreamPlace;
  /** Lets what was published be sent. */
  close(): Promise<void>;
}

/** Half-open connections are noticed after two of these. */
const pingMs = 1000;
/** For connecting, for each question, for each message to be kept. */
const patienceMs = 2000;
/** Messages that were sent and are not known to be kept. */
const inFlightMax = 256;
/** Messages that may be on their way to this node. */
const prefetchMax = 1000;
/** NATS forgets a consumer whose node is gone. */
const forgottenAfterMs = 30_000;

/** @throws when NATS is away, refuses, or has no JetStream. */
export async function openSession(
  settings: NatsSettings,
  before: StreamPlace | null,
  received: (messages: readonly BusMessage[]) => void,
): Promise<Session> {
  const connection = await connect(connectionOf(settings));
  try {
    return await listen(connection, settings, before, received);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function connectionOf({ hosts, user, pass, token, tls, credentials, name }: NatsSettings) {
  return {
    servers: [...hosts],
    name,
    timeout: patienceMs,
    reconnect: false,
    pingInterval: pingMs,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
    ...(tls !== undefined && { tls }),
    ...(credentials !== undefined && {
      authenticator: credsAuthenticator(new TextEncoder().encode(credentials)),
    }),
  };
}

async function listen(
  connection: NatsConnection,
  settings: NatsSettings,
  before: StreamPlace | null,
  received: (messages: readonly BusMessage[]) => void,
): Promise<Session> {
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: patienceMs });
  const info = await ensureStream(manager, settings);
  const client = jetstream(connection, { timeout: patienceMs });
  const consumer = await client.consumers.get(settings.stream, {
    filter_subjects: settings.subject,
    inactive_threshold: forgottenAfterMs,
    ...beginning(info, before),
  });
  let sequence = canGoOn(info, before) ? before.sequence : info.state.last_seq;

  let waiting: BusMessage[] = [];
  const pass = () => {
    const messages = waiting;
    waiting = [];
    received(messages);
  };
  const messages: ConsumerMessages = await consumer.consume({
    callback(one: JsMsg) {
      sequence = one.seq;
      const message = readMessage(one.string());
      if (message === null) return;
      // What one packet brings is told together.
      if (waiting.push(message) === 1) queueMicrotask(pass);
    },
    max_messages: prefetchMax,
    idle_heartbeat: pingMs,
    abort_on_missing_resource: true,
  });

  const publishOne = async (message: BusMessage) =>
    await client.publish(settings.subject, writeMessage(message), {
      msgID: message.id,
      expect: { streamName: settings.stream },
      timeout: patienceMs,
    });
  let isClosing = false;
  const ended = Promise.race([connection.closed(), messages.closed()])
    .then(
      (cause) => cause ?? new Error('NATS has ended the connection'),
      (cause: unknown) => cause,
    )
    .then(async (cause) => {
      if (!isClosing) await connection.close();
      return cause;
    });
  return {
    get place() {
      return { madeAt: info.created, sequence };
    },
    ended,
    async publish(all) {
      for (let first = 0; first < all.length; first += inFlightMax)
        await Promise.all(all.slice(first, first + inFlightMax).map(publishOne));
    },
    async close() {
      if (isClosing || connection.isClosed()) return;
      isClosing = true;
      messages.stop();
      await consumer.delete().catch(() => undefined); // It would be forgotten by itself.
      await connection.drain().catch(() => undefined);
    },
  };
}

/** A node that was away for a moment goes on where it was; any other begins with what comes. */
function beginning(info: StreamInfo, before: StreamPlace | null) {
  return canGoOn(info, before)
    ? { opt_start_seq: before.sequence + 1 }
    : { deliver_policy: DeliverPolicy.New };
}

function canGoOn({ created, state }: StreamInfo, before: StreamPlace | null): before is StreamPlace {
  return before !== null && before.madeAt === created && before.sequence <= state.last_seq;
}
