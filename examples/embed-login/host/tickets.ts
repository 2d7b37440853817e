import { createHash, randomBytes } from 'node:crypto';

/** What the value of a cookie stands for, while it lasts. */
export interface Ticket<Held> {
  /** A hash of that value: it names the ticket, where people may read it, and opens nothing. */
  readonly id: string;
  readonly held: Held;
  readonly begunAt: Date;
}

export interface Tickets<Held> {
  /** The value for the cookie: 256 bits, kept nowhere here. */
  begin(held: Held): string;
  of(secret: string | undefined): Ticket<Held> | null;
  /** False when it had ended: of two calls at once, one ends it. */
  end(id: string): boolean;
}

/** In memory. A login and a session are tickets of two such stores: the value of one says nothing to the other. */
export function createTickets<Held>(now: () => Date, lifetimeSeconds: number): Tickets<Held> {
  const tickets = new Map<string, Ticket<Held>>();
  const isOver = ({ begunAt }: Ticket<Held>) => now().getTime() >= begunAt.getTime() + lifetimeSeconds * 1000;
  return {
    begin(held) {
      for (const ticket of tickets.values()) if (isOver(ticket)) tickets.delete(ticket.id);
      const secret = randomBytes(32).toString('base64url');
      const id = idOf(secret);
      tickets.set(id, { id, held, begunAt: now() });
      return secret;
    },
    of(secret = '') {
      const ticket = tickets.get(idOf(secret));
      return ticket === undefined || isOver(ticket) ? null : ticket;
    },
    end: (id) => tickets.delete(id),
  };
}

function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
