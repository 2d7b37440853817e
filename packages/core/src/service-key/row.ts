import type { Uuid } from '../id.ts';
import type { ServiceKeyRole } from './role.ts';

/** A row of `countersign.service_key`, without its digest. */
export interface ServiceKeyRow {
  readonly id: Uuid<'serviceKey'>;
  readonly title: string;
  readonly role: ServiceKeyRole;
  readonly created_at: Date;
  readonly created_by: string;
  /** A day in UTC, such as `2026-11-22`. */
  readonly last_used_on: string | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

/** What a process must know of a key to recognise it. */
export interface ServiceKeyInForce {
  readonly id: Uuid<'serviceKey'>;
  readonly role: ServiceKeyRole;
  readonly digest: Buffer;
  readonly secret_key_id: string;
  readonly last_used_on: string | null;
  readonly expires_at: Date | null;
}
