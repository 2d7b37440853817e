import {
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { natsSettings } from '../../nats/settings.ts';
import type { Finding } from './finding.ts';

const patienceMilliseconds = 2000;

/**
 * Whether NATS, where one is configured, is there and keeps streams. Changes nothing there, and asks only what the bus
 * itself asks: its user may be allowed nothing more.
 */
export async function natsFinding(url: string): Promise<Finding> {
  const name = 'nats';
  const { hosts, user, pass, token, tls, stream } = natsSettings({ servers: url });
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
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: patienceMilliseconds });
      await askForStream(manager, stream);
      return { name, state: 'ok', says: `${where} answers, with JetStream` };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return {
      name,
      state: 'problem',
      says: `${where} cannot be used (${error instanceof Error ? error.name : 'unknown'}); meanwhile every process reads the database`,
      wayOut:
        'Check COUNTERSIGN_NATS_URL, that nats-server runs with JetStream, and that this user may ask for its stream.',
    };
  }
}

/** One that is missing is made by the first server. */
async function askForStream({ streams }: JetStreamManager, name: string): Promise<void> {
  await streams.info(name).catch((error: unknown) => {
    if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)) throw error;
  });
}
