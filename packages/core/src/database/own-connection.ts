import { Socket } from 'node:net';
import pg from 'pg';
import { within } from '../within.ts';

/** A connection beside the pool, for what a pool cannot give: to be told something at any time. */
export interface OwnConnection {
  /** Not connected yet. */
  readonly client: pg.Client;
  /** Says good-bye and does not wait long for it: also when nobody answers any more. */
  end(): Promise<void>;
}

const goodByeMs = 500;

/**
 * Made as the pool makes its own: by the same URL or options, socket, TLS and password. A stream of the host's (a
 * connector of a cloud) is asked for one as well.
 */
export function ownConnection({ options }: pg.Pool, name: string): OwnConnection {
  const { stream: given } = options;
  let socket: { destroy(): unknown } | undefined;
  const client = new pg.Client({
    ...options,
    // The pool keeps it from being enumerated.
    password: options.password,
    application_name: name,
    statement_timeout: 0,
    keepAlive: true,
    stream: () => {
      const opened = given?.() ?? new Socket();
      socket = opened;
      return opened;
    },
  });
  return {
    client,
    async end() {
      await within(
        goodByeMs,
        client.end().catch(() => undefined),
        undefined,
      );
      // A peer that is gone without a word never closes its end.
      socket?.destroy();
    },
  };
}
