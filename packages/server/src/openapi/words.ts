import type { ErrorReason } from '@countersign/core';

/** What is written of a procedure in the sources, for whoever reads the document. */
export interface ProcedureWords {
  /** What it does, in a line. */
  readonly summary: string;
  /** Paragraphs of Markdown. */
  readonly description: string;
  /** Which actors may call it; none when anyone may, without a credential. */
  readonly actors: readonly string[];
  /** Why it may be refused, beside what every call may be refused for. */
  readonly refusals: readonly ErrorReason[];
  /** An accepted input. */
  readonly example: Readonly<Record<string, unknown>>;
}
