import type { Position } from '../position.ts';

/** A row of `countersign.subscriber`. */
export interface SubscriberRow extends Position {
  readonly name: string;
  readonly state: 'active' | 'parked';
  readonly failures: number;
  readonly failed_event: string | null;
  readonly failed_at: Date | null;
  readonly failure: string | null;
  readonly retry_at: Date | null;
  readonly node: string | null;
  readonly created_at: Date;
  readonly moved_at: Date;
}
