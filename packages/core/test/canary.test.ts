import { expect, it } from 'vitest';
import { LeakedCredentialError, assertNoCredential, createCanaryLogger, plant } from '../testing/canary.ts';
import { createTestDatabase, openTestCore } from '../testing/index.ts';

const token = `cst1.k1.${'a'.repeat(60)}.${'b'.repeat(49)}`;
const key = `csk_${'c'.repeat(43)}`;

it.each([token, key])('a test fails when a credential was logged, however deep it stands', (credential) => {
  for (const fields of [
    { credential },
    { deep: [{ url: `https://host.example/?token=${credential}` }] },
    { err: new Error('x', { cause: new Error(`with ${credential}`) }) },
    { err: Object.assign(new Error('x'), { parameters: [credential] }) },
  ]) {
    const logger = createCanaryLogger();
    logger.info(fields, 'something happened');
    expect(() => logger.assertClean()).toThrow(LeakedCredentialError);
  }
  const logger = createCanaryLogger();
  logger.error({ id: 'cst_02krzp8z1wf44ar7tqdm83kv4c' }, 'a token was revoked');
  logger.assertClean();
});

it.each([token, key])('a test fails when a credential is at rest in any table', async (credential) => {
  const database = await createTestDatabase();
  await database.sql.query(
    `INSERT INTO countersign.subject_security (subject_id, security_epoch) VALUES ($1, 0)`,
    [credential],
  );
  await expect(database[Symbol.asyncDispose]()).rejects.toThrow('at rest in subject_security');
});

it('the core of every test logs to the canary', async () => {
  const test = await openTestCore();
  test.service.logger.warn({ token }, 'a mistake');
  await expect(test[Symbol.asyncDispose]()).rejects.toThrow(LeakedCredentialError);
});

it('what was planted is looked for in logs, answers and tables, as text and as its bytes', async () => {
  const seed = plant('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
  const logger = createCanaryLogger();
  logger.debug({ config: { secret: seed } }, 'enrolled');
  expect(() => logger.assertClean()).toThrow(LeakedCredentialError);
  expect(() => assertNoCredential('an answer', [`{"secret":"${seed}"}`])).toThrow(LeakedCredentialError);
  for (const value of [seed, Buffer.from(seed).toString('hex')]) {
    const database = await createTestDatabase();
    await database.sql.query(
      `INSERT INTO countersign.subject_security (subject_id, security_epoch) VALUES ($1, 0)`,
      [value],
    );
    await expect(database[Symbol.asyncDispose]()).rejects.toThrow('at rest in subject_security');
  }
  expect(() => plant('short')).toThrow('16 letters and digits');
});
