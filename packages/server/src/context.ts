import type { Core, Logger } from '@countersign/core';
import type { Caller } from './caller/caller.ts';
import type { CredentialGate } from './caller/credential-gate.ts';
import type { Connection } from './connection.ts';
import type { Places } from './stream/places.ts';
import type { ServerTelemetry } from './telemetry/telemetry.ts';

/** What the procedures of Countersign need in a tRPC context, under one key. Made by `cs.context`. */
export interface CountersignContext {
  readonly countersign: Edge;
}

/** One request at the edge: who calls, and what it reaches. */
export interface Edge {
  readonly core: Core;
  readonly caller: Caller;
  /** Where a caller's token is asked again. */
  readonly credentials: CredentialGate;
  readonly logger: Logger;
  readonly telemetry: ServerTelemetry;
  /** The HTTP request that carried the call, when there was one. */
  readonly request: Request | null;
  /**
   * The WebSocket that carries the call: its streams wait here for a slow reader. Null over HTTP, where the
   * reader draws each event, and in this process.
   */
  readonly connection: Connection | null;
  /** How many streams there may be at once. */
  readonly streams: StreamPlaces;
}

export interface StreamPlaces {
  readonly ofSubject: Places;
  readonly ofConnection: Places;
}
