import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Customer } from './customer.ts';

/** Somebody signed in, in one browser. */
export interface Session {
  /** Names the session in requests and events, where people read it: never the cookie's own value. */
  readonly id: string;
  readonly customer: Customer;
  /** Calls `end` when the person signs out. Returns its remover. */
  whenOver(end: () => void): () => void;
}

export interface Sessions {
  /** Begins one; the value of its `Set-Cookie` header. */
  begin(customer: Customer): string;
  /** By the cookie, whether the request is for a page, a call or a WebSocket. */
  of(request: IncomingMessage): Session | null;
  /** Ends it, and what asked to be told. */
  end(request: IncomingMessage): void;
}

const name = 'bank_session';

/** Kept in memory. Signing in takes a name and nothing else: the first factor is not what this example is about. */
export function createSessions(): Sessions {
  const sessions = new Map<string, Session & { readonly open: Set<() => void> }>();
  return {
    begin(customer) {
      const secret = randomBytes(32).toString('base64url');
      const open = new Set<() => void>();
      sessions.set(secret, {
        id: randomUUID(),
        customer,
        open,
        whenOver(end) {
          open.add(end);
          return () => void open.delete(end);
        },
      });
      // With `Secure` as well where there is TLS.
      return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
    },
    of: (request) => sessions.get(secretOf(request)) ?? null,
    end(request) {
      const session = sessions.get(secretOf(request));
      sessions.delete(secretOf(request));
      for (const end of session?.open ?? []) end();
    },
  };
}

function secretOf({ headers }: IncomingMessage): string {
  const cookies = (headers.cookie ?? '').split('; ').map((cookie) => cookie.split('='));
  return cookies.find(([key]) => key === name)?.[1] ?? '';
}
