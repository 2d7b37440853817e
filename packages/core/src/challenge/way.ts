import type { KnownFactor, Method, Recipient } from '../method/define.ts';

/** A way by which somebody can be asked: a method as it is configured, and who or what may answer. */
export interface Way {
  readonly method: Method;
  readonly settings: Record<string, unknown>;
  /** The one factor that is asked; null when any of `factors` may answer, or none is needed. */
  readonly factor: KnownFactor | null;
  /** How often what is in force of it was replaced; null where no one factor is asked. */
  readonly factorRenewals: number | null;
  readonly factors: readonly KnownFactor[];
  /** Where the message goes; null for methods that send nothing. */
  readonly recipient: Recipient | null;
}
