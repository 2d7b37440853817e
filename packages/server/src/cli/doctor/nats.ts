import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { natsSettings } from '../../nats/settings.ts';
import type { Finding } from './finding.ts';

const patienceMilliseconds = 2000;

/** Whether NATS, where one is configured, is there and keeps streams. Changes nothing there. */
export async function natsFinding(url: string): Promise<Finding> {
  const name = 'nats';
  const { hosts, user, pass, token, tls } = natsSettings({ servers: url });
  const where = hosts.join(', ');
  try {
    const connection = await connect({
      servers: [...hosts],
      timeout: patienceMilliseconds,
      reconnect: false,
      noAsyncTraces: true,
      ...(user !== undefined && { user }),
      ...(pass !== undefined && { pass }),
      ...(token !== undefined && { token }),
      ...(tls !== undefined && { tls }),
    });
    try {
      await jetstreamManager(connection, { timeout: patienceMilliseconds });
      return { name, state: 'ok', says: `${where} answers, with JetStream` };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return {
      name,
      state: 'problem',
      says: `${where} cannot be used (${error instanceof Error ? error.name : 'unknown'}); meanwhile every process reads the database`,
      wayOut: 'Check COUNTERSIGN_NATS_URL, and that nats-server runs with JetStream.',
    };
  }
}
