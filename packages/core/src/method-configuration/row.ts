import type { Uuid } from '../id.ts';

/** A row of `countersign.method_configuration`. */
export interface MethodConfigurationRow {
  readonly id: Uuid<'method'>;
  /** The key of its method. */
  readonly method: string;
  readonly title: string;
  /** Sealed; {@link openConfiguration} opens it. */
  readonly config: Buffer;
  readonly is_active: boolean;
  readonly is_default: boolean;
}
