/**
 * A site with passwords of its own that asks for a second factor at sign-in, on a PostgreSQL that comes along.
 *
 *   node --conditions=@countersign/source examples/embed-login/main.ts 4040
 */
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { serveHost } from './host/serve.ts';

await using postgres = await startTemporaryPostgres();
await using host = await serveHost({
  database: postgres.url(),
  secret: randomBytes(32).toString('base64'),
  port: Number(process.argv[2] ?? 4040),
});
const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
console.log(`Acme is open at ${host.origin}; Ctrl-C closes it.`);
await ended;
