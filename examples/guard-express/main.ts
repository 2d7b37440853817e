/**
 * The guarded route of guard-hono on Express, with a ledger in the same database: the consumption and the bank's own
 * write commit together, and a transfer that fails gives the authorization back.
 *
 *   node --conditions=@countersign/source examples/guard-express/main.ts
 *
 * Each step is checked before it is printed; the first that is not as expected ends the program with 1.
 */
import assert from 'node:assert/strict';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { signIn } from '../guard-hono/page/browser.ts';
import { serveBank } from './host/serve.ts';

/** Ada's mailbox: what she reads last. */
let mail = '';
const codeInMail = (): string => /\b\d{8}\b/.exec(mail)?.[0] ?? '';

await using postgres = await startTemporaryPostgres();
await using served = await serveBank({
  database: postgres.url(),
  secret: randomBytes(32).toString('base64'),
  send: async ({ text }) => void (mail = text),
});
const { url, bank } = served;

const balance = async (): Promise<number> => {
  const { rows } = await bank.pool.query<{ balance_cents: number }>('SELECT * FROM bank.account');
  return rows[0]?.balance_cents ?? 0;
};

await using ada = await signIn(url, 'ada', (browser) => async ({ request }) => {
  const facts = request.facts.map(({ label, value }) => `${label} ${value}`).join(', ');
  console.log(`   428  ${request.title}: ${facts}`);
  assert(await browser.grant(request.id, codeInMail()));
});
const rent = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 };

console.log('1. Ada has € 4,000.00 and sends the rent:');
assert.equal((await ada.post('/transfers', rent)).status, 200);
assert.equal(await balance(), 150_000);
console.log('   200  sent; € 1,500.00 are left');

console.log('2. She sends it once more, and authorizes it, though the money does not suffice:');
assert.equal((await ada.post('/transfers', rent)).status, 409);
assert.equal(await balance(), 150_000);
console.log('   409  nothing was written, and the authorization is hers again');

await bank.pool.query('UPDATE bank.account SET balance_cents = balance_cents + 100000');
const parallel = await Promise.all(Array.from({ length: 20 }, () => ada.postPlainly('/transfers', rent)));
assert.equal(parallel.filter(({ status }) => status === 200).length, 1);
assert.equal(await balance(), 0);
console.log('3. Her salary arrives, and the same is sent twenty times at once: sent once, unasked.');

const { rows } = await bank.pool.query<{ once: boolean }>(
  `SELECT count(*) = count(DISTINCT authorized_by) AND count(*) = (
     SELECT count(*) FROM countersign.authorization_request WHERE consumed_at IS NOT NULL) AS once FROM bank.payment`,
);
assert.equal(rows[0]?.once, true);
console.log('4. The ledger has a payment for each authorization that was used, and no other.');
