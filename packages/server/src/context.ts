import type { Actor, Core, Logger } from '@countersign/core';

/** What the procedures of Countersign need in a tRPC context, under one key. Made by `cs.context`. */
export interface CountersignContext {
  readonly countersign: Edge;
}

/** One request at the edge: who calls, and what it reaches. */
export interface Edge {
  readonly core: Core;
  /** Null: nobody proved who is calling. */
  readonly actor: Actor | null;
  readonly logger: Logger;
  /** The HTTP request that carried the call, when there was one. */
  readonly request: Request | null;
}
