import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { Database } from '../database/executor.ts';
import { statement } from '../database/statement.ts';
import { keyedDigest, type Keys } from '../keys.ts';
import type { Randomness } from '../ports.ts';
import type { BusMessage } from './bus.ts';
import { formatPosition, type Position } from './position.ts';
import { readRow, writeRow } from './row-text.ts';
import type { EventRow } from './row.ts';
import type { Stretch } from './stretch.ts';

/** What the processes of one installation say to each other on a bus. */
export interface BusMessages {
  /** One for each row. Who lacks one reads the database: an event that is too large has none. */
  write(stretch: Stretch): readonly BusMessage[];
  /** Null when nobody of this installation has written it, or one that knows another secret or version. */
  read(message: BusMessage): EventRow | null;
}

const idOfInstallation = statement<object, { id: string }>(
  'installation_id',
  'SELECT id FROM countersign.installation',
);

const cipherName = 'aes-256-gcm';
const keyIdBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const textAt = keyIdBytes + nonceBytes + tagBytes;

/** A third more on the way, as base64: a third of what NATS takes by default. */
const rowBytesMax = 256 * 1024;

/**
 * A message is sealed (AES-256-GCM, NIST SP 800-38D) by a key of its own, made of the installation's secret, its id and
 * the two places of the message. So on a bus that others share nothing can be read, and neither an event that never
 * happened nor a place that hides one can be written; two installations that were given the same secret do not hear
 * each other. A key for each message, because random nonces under one key are good for 2³² of them: two months of 800
 * events a second.
 */
export async function openBusMessages({
  database,
  keys,
  randomness,
}: {
  readonly database: Database;
  readonly keys: Keys;
  readonly randomness: Randomness;
}): Promise<BusMessages> {
  const [installation] = await database.pool.query(idOfInstallation, {});
  if (!installation) throw new Error('the installation row is missing');

  const keyOf = (key: KeyObject, { id, after }: Pick<BusMessage, 'id' | 'after'>): KeyObject =>
    createSecretKey(keyedDigest(key, ['countersign/bus-message/v1', installation.id, id, after]));

  function seal(text: string, places: Pick<BusMessage, 'id' | 'after'>): string {
    const named = keys.active('bus');
    const nonce = randomness.bytes(nonceBytes);
    const cipher = createCipheriv(cipherName, keyOf(named.key, places), nonce, { authTagLength: tagBytes });
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from(named.id, 'latin1'), nonce, cipher.getAuthTag(), sealed]).toString(
      'base64url',
    );
  }

  function open(message: BusMessage): string | null {
    const bytes = Buffer.from(message.row, 'base64url');
    const named = keys.byId('bus', bytes.toString('latin1', 0, keyIdBytes));
    if (!named || bytes.length < textAt) return null;
    const nonce = bytes.subarray(keyIdBytes, keyIdBytes + nonceBytes);
    const cipher = createDecipheriv(cipherName, keyOf(named.key, message), nonce, {
      authTagLength: tagBytes,
    });
    cipher.setAuthTag(bytes.subarray(keyIdBytes + nonceBytes, textAt));
    try {
      return Buffer.concat([cipher.update(bytes.subarray(textAt)), cipher.final()]).toString('utf8');
    } catch {
      return null; // Its tag is not what this key makes of it.
    }
  }

  return {
    write({ after, rows }) {
      const befores: readonly Position[] = [after, ...rows];
      return rows.flatMap((row, n) => {
        const places = { id: formatPosition(row), after: formatPosition(befores[n] as Position) };
        const text = writeRow(row);
        return Buffer.byteLength(text) > rowBytesMax ? [] : [{ ...places, row: seal(text, places) }];
      });
    },
    read(message) {
      if (message.row.length > 2 * rowBytesMax) return null;
      const text = open(message);
      const row = text === null ? null : readRow(text);
      return row !== null && formatPosition(row) === message.id ? row : null;
    },
  };
}
