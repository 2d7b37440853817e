import type { Binding } from '../binding.ts';

/** What makes a factor a device. */
export interface DeviceFields {
  readonly uuid: string;
  readonly name: string | null;
  readonly slug: string | null;
  readonly isPrimary: boolean;
  readonly keyed: boolean;
}

/** A row of `countersign.factor`. */
export interface FactorRow {
  readonly id: string;
  readonly subject_id: string;
  readonly method: string;
  readonly method_id: string;
  readonly title: string;
  readonly status: 'new' | 'in_process' | 'confirmed';
  readonly is_active: boolean;
  readonly is_default: boolean;
  readonly binding: Binding;
  readonly hint: string | null;
  readonly identity: Buffer | null;
  readonly config: Buffer | null;
  readonly version: number;
  readonly renewals: number;
  readonly pending: Buffer | null;
  readonly pending_hint: string | null;
  readonly pending_identity: Buffer | null;
  readonly pending_binding: Binding | null;
  readonly authorized_by: string | null;
  readonly device: DeviceFields | null;
  readonly sequence: number;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly last_used_at: Date | null;
  readonly removed_at: Date | null;
}
