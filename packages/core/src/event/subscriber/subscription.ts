import type { Executor } from '../../database/executor.ts';
import type { TransactionHandle } from '../../database/transaction.ts';
import type { EventType } from '../catalog.ts';
import type { Position } from '../position.ts';
import type { EventRow } from '../row.ts';

/** A named reader of the log whose place is kept in the database. */
export interface Subscription {
  /** Kebab-case; one place in the log each, for ever. Names that begin with `countersign.` are ours. */
  readonly name: string;
  /** Null: every type, also what a newer version writes: there it stands still until a node that knows it takes over. */
  readonly types: readonly EventType[] | null;
  /** Where it begins when its name is new. */
  readonly from: 'now' | 'start';
  /** Events handled in one transaction. */
  readonly batchSizeMax: number;
  /** An event that has failed so often in a row parks the subscriber, until an operator resumes it. */
  readonly attemptsMax: number;
  /** The longest wait between two tries; default five minutes. */
  readonly retrySecondsMax?: number;
  /**
   * It reads for others: whenever something was committed, also what a newer version has written that this one does not
   * know, and, where something is not kept any more, what is.
   */
  readonly isEager?: boolean;
  /**
   * Of events whose types are not known here, the first that is for it: it stands still there and not before. Default: the
   * first. With `types` it is never asked, since none of these is what it does not know.
   */
  readonly firstOfUnknown?: (rows: readonly EventRow[], db: Executor) => Promise<EventRow | undefined>;
  /** False: nothing can be handled now, so no turn is taken and nothing has failed. */
  readonly isReady?: () => boolean;
  /** A batch that takes longer is rolled back and counts as failed; another node takes over from one that stands still. */
  readonly timeoutSeconds: number;
  /** Opens the transaction in which a batch is handled; default one of our own. */
  readonly transaction?: OpenBatch;
  /** Throws: nothing of the batch is written, and it is tried again. */
  handle(rows: readonly EventRow[], batch: Batch): Promise<void>;
}

/** Runs a batch in a transaction of the host's, in our database; commits when it resolves. */
export type OpenBatch = <Result>(
  run: (tx: TransactionHandle, additions?: object) => Promise<Result>,
) => Promise<Result>;

export interface Batch {
  /** Where it begins: nothing that is wanted stands in the log between this place and the first event. */
  readonly after: Position;
  /** The transaction in which the place of the subscriber moves on: what is written by it takes effect once. */
  readonly db: Executor;
  /** The same transaction as its opener gave it. */
  readonly tx: TransactionHandle;
  readonly additions: object;
  /** 1, 2, 3 … how often the first event of the batch has been tried. */
  readonly attempt: number;
  /** Aborts when the time is over or the process stops. */
  readonly signal: AbortSignal;
}
