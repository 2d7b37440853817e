/**
 * A bank with a tRPC app of its own and Countersign in it, on a PostgreSQL that comes along.
 *
 *   node --conditions=@countersign/source examples/embed-trpc/main.ts 4030
 */
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openBank } from './host/bank.ts';
import { buildPage } from './host/page.ts';
import { serveBank } from './host/serve.ts';

await using postgres = await startTemporaryPostgres();
await using bank = await openBank({
  database: postgres.url(),
  secret: randomBytes(32).toString('base64'),
  // The carrier of e-mail is this terminal.
  send: async ({ to, text }) => console.log(`\nE-mail to ${to}:\n${text}`),
});
await using server = await serveBank(bank, await buildPage(), Number(process.argv[2] ?? 4030));
console.log(`Acme Bank is open at ${server.url}; Ctrl-C closes it. Codes appear here.`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
