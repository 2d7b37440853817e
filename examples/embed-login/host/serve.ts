import { getRequestListener } from '@hono/node-server';
import { createCountersign, passkey, recoveryCodes, totp } from '@countersign/server';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import type { Host } from './host.ts';
import { createPeople } from './people.ts';
import { createTickets } from './tickets.ts';

export interface ServedHost extends Host, AsyncDisposable {}

export interface HostOptions {
  /** A PostgreSQL URL. */
  readonly database: string;
  /** 32 random bytes in base64, kept outside of the database. */
  readonly secret: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Of the site and of Countersign; a test puts it forward. */
  readonly now?: () => Date;
}

/** A confirmation does not last longer either. */
const loginSeconds = 600;
const sessionSeconds = 12 * 3600;

/** The site behind a port of this machine. A passkey belongs to an origin, so the port comes first. */
export async function serveHost({
  database,
  secret,
  port,
  now = () => new Date(),
}: HostOptions): Promise<ServedHost> {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const cs = await createCountersign({
    issuer: 'Acme',
    audience: 'acme.example',
    secret,
    database,
    methods: [totp(), passkey({ rpId: 'localhost', origins: [origin] }), recoveryCodes()],
    clock: { now },
  });
  const host: Host = {
    cs,
    people: createPeople(),
    logins: createTickets(now, loginSeconds),
    sessions: createTickets(now, sessionSeconds),
    origin,
    now,
  };
  const listener = getRequestListener(createApp(host).fetch);
  server.on('request', (request, response) => void listener(request, response));
  return {
    ...host,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await cs.close();
    },
  };
}
