import type { HttpMethod } from '@countersign/core/scoped-token';

/** A route that a request is about to reach. */
export interface Route {
  readonly method: string;
  /** The path that the router dispatched on, still encoded; null for what is none, which nothing opens. */
  readonly path: string | null;
  /** Whether it does what was authorized, and is paid for by that. */
  readonly isPaid: boolean;
}

const reading: readonly string[] = ['GET', 'HEAD'] satisfies HttpMethod[];

/** What changes nothing. */
export function isReading(method: string): boolean {
  return reading.includes(method);
}
