import type { CoreServices } from '../../context.ts';
import type { OwnConnection } from '../../database/own-connection.ts';
import { within } from '../../within.ts';
import { probeText, readMessage, type WakeUpMessage } from './message.ts';
import { channel, listenText, sendNotification, signOfLifeText } from './statement.ts';

export interface ListeningTimes {
  /** Between two signs of life of the connection. */
  readonly heartbeatMs: number;
  /** For an answer: to `LISTEN`, to a sign of life, and for the notification of our own to come. */
  readonly answerMs: number;
}

/** Everything answers, and what was notified is not told: a pooler that gives each transaction another connection. */
export class DeafError extends Error {
  override readonly name = 'DeafError';
}

/**
 * Listens on one connection until it is lost, also one that is half open: without traffic nobody notices that the other
 * end is gone, so it is asked for a sign of life. That `LISTEN` was answered says little, since poolers answer it as
 * well: what counts is that a notification of our own comes back.
 *
 * @throws DeafError when that does not; whatever ends the connection.
 */
export async function listenOn(
  { client }: OwnConnection,
  { database }: Pick<CoreServices, 'database'>,
  { heartbeatMs, answerMs }: ListeningTimes,
  {
    node,
    begun,
    heard,
  }: { readonly node: string; begun(): void; readonly heard: (message: WakeUpMessage) => void },
): Promise<never> {
  let isLost = false;
  let hasHeardItself = false;
  let bell = Promise.withResolvers<void>();
  const lose = () => {
    isLost = true;
    bell.resolve();
  };
  client.on('error', lose);
  client.on('end', lose);
  client.on('notification', ({ channel: named, payload = '' }) => {
    if (named !== channel) return;
    const message = readMessage(payload);
    if (message.node !== node) return heard(message);
    hasHeardItself = true;
    if (message.says === 'probe') bell.resolve();
  });
  const ask = async (text: string) => {
    const answer = await within<object | null>(answerMs, client.query(text), null);
    if (answer === null) throw new Error('the database does not answer');
  };

  // One that is ended while it connects neither connects nor fails.
  await Promise.race([client.connect(), bell.promise]);
  if (isLost) throw new Error('the connection has ended');
  await ask(listenText);
  await database.pool.query(sendNotification, { payload: probeText(node) });
  if (!hasHeardItself) await within(answerMs, bell.promise, undefined);
  if (!hasHeardItself && !isLost)
    throw new DeafError(
      'notifications do not arrive: LISTEN needs a connection of its own, without a pooler',
    );
  begun();
  for (;;) {
    bell = Promise.withResolvers(); // Anew each time: one that lives on keeps everything that waited for it.
    if (!isLost) await within(heartbeatMs, bell.promise, undefined);
    await ask(signOfLifeText);
  }
}
