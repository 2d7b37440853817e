import { fromBase32, toBase32 } from '../base32.ts';
import { hexToUuid, idPrefix, type Id } from '../id.ts';

/** A place in the log: epoch, transaction, sequence of what it is about, event. Events are ordered by it, and it is their public id. */
export interface Position {
  readonly epoch: number;
  /** PostgreSQL's 64-bit transaction id, as decimal text. */
  readonly txid: string;
  readonly sequence: number;
  readonly id: string;
}

/** Before the first event. */
export const logStart: Position = {
  epoch: 0,
  txid: '0',
  sequence: 0,
  id: '00000000-0000-0000-0000-000000000000',
};

const integerMax = 0x7fffffff;
const txidMax = 2n ** 63n - 1n;

/** `evt_` and the place in 52 characters: the same for the same event whenever it is read. */
export function formatPosition({ epoch, txid, sequence, id }: Position): Id<'event'> {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32BE(epoch, 0);
  bytes.writeBigUInt64BE(BigInt(txid), 4);
  bytes.writeUInt32BE(sequence, 12);
  bytes.write(id.replaceAll('-', ''), 16, 'hex');
  return `${idPrefix('event')}${toBase32(bytes)}` as Id<'event'>;
}

/** Null when the text is no event's id. A place where no event is, is as good as one where one is. */
export function parsePosition(text: string): Position | null {
  const prefix = idPrefix('event');
  if (!text.startsWith(prefix)) return null;
  const decoded = fromBase32(text.slice(prefix.length), 32);
  if (!decoded) return null;
  const bytes = Buffer.from(decoded);
  const epoch = bytes.readUInt32BE(0);
  const txid = bytes.readBigUInt64BE(4);
  const sequence = bytes.readUInt32BE(12);
  if (epoch > integerMax || sequence > integerMax || txid > txidMax) return null;
  return { epoch, txid: txid.toString(), sequence, id: hexToUuid(bytes.toString('hex', 16)) };
}

/** Whether `a` stands in the log before `b`: as PostgreSQL compares (epoch, txid, sequence, id). */
export function isBefore(a: Position, b: Position): boolean {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch;
  // Decimal text without leading zeros: the longer one is the greater one.
  if (a.txid !== b.txid)
    return a.txid.length === b.txid.length ? a.txid < b.txid : a.txid.length < b.txid.length;
  if (a.sequence !== b.sequence) return a.sequence < b.sequence;
  return a.id < b.id;
}
