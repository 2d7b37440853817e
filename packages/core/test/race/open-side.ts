import type { Actor } from '../../src/index.ts';
import type { Command, SentMessage, Side } from './call.ts';

/** Where both sides live: the same database, the same secret, in every process. */
export interface Ground {
  readonly databaseUrl: string;
  readonly secret: string;
  /** Connections of one process and one side. */
  readonly connections: number;
}

/** What core and a naive version have in common for whoever attacks them. */
export interface OpenSide {
  run(command: Command, input: unknown, actor: Actor): Promise<unknown>;
  close(): Promise<void>;
}

export interface SideSettings extends Ground {
  readonly side: Side;
  readonly now: () => Date;
  readonly sent: (message: SentMessage) => void;
}

export type OpenPlanted = (settings: SideSettings) => OpenSide;
