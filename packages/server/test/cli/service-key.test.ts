import { openCore } from '@countersign/core';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectRefusals, openInstallation } from './run-command.ts';

describe('countersign service-key', { timeout: 60_000 }, () => {
  it('makes the first operator’s key in process, alone on standard output, and the server knows it', async () => {
    await using here = await openInstallation();
    const made = await here.run(
      'service-key',
      'create',
      '--title',
      'Ada',
      '--role',
      'operator',
      '--expires-in',
      '30d',
    );
    expect(made.code).toBe(0);
    expect(made.answer).toMatch(/^csk_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}\n$/);
    const key = made.answer.trim();
    expect(made.notes).toMatch(/id +key_[0-9a-z]{26}\n +title +Ada\n +role +operator\n +until +\d{4}-/);
    expect(made.notes).toContain('shown once');
    expect(made.notes).not.toContain(key.slice(4, 20));
    const { database, secret } = here;
    const core = await openCore({
      database: database.url,
      secret,
      methods: [],
      migrate: false,
      sweep: false,
    });
    const actor = await core.serviceKey.find(key);
    expect(actor).toMatchObject({ kind: 'operator' });
    if (actor === null) throw new Error('the key is not known');
    const { items } = await core.serviceKey.list(core.context(actor), {});
    expect(items).toMatchObject([{ title: 'Ada', role: 'operator', createdBy: 'operator:command' }]);
    await core.close();
  });

  it('lists keys with their states, and revokes one, which stays revoked', async () => {
    await using here = await openInstallation();
    expect(await here.run('service-key')).toMatchObject({
      code: 0,
      answer: '',
      notes: expect.stringContaining('none yet') as string,
    });
    const { id } = JSON.parse(
      (await here.run('service-key', 'create', '--title', 'billing', '--json')).answer,
    ) as { id: string };
    await here.run('service-key', 'create', '--title', 'red \u001b[31m bell \u0007');
    const revoked = await here.run('service-key', 'revoke', id);
    expect(revoked).toMatchObject({
      code: 0,
      answer: expect.stringMatching(new RegExp(`^The key ${id} is revoked since`)) as string,
    });
    expect((await here.run('service-key', 'revoke', id)).code).toBe(0);
    const listed = await here.run('service-key', 'list');
    const [headings = '', newest = '', oldest = ''] = listed.answer.split('\n');
    expect(headings).toMatch(/^ {2}id +title +role +created +last used +state$/);
    expect(newest).toMatch(/key_\w{26} +red \ufffd\[31m bell \ufffd +service +\S+ \S+ UTC +in force$/);
    expect(oldest).toMatch(new RegExp(`${id} +billing +service +\\S+ \\S+ UTC +revoked \\S+ \\S+ UTC$`));
    expect(newest.indexOf('service')).toBe(headings.indexOf('role'));
  });

  it('prints one JSON object with --json', async () => {
    await using here = await openInstallation();
    const made = JSON.parse(
      (await here.run('service-key', 'create', '--title', 'a', '--json')).answer,
    ) as Record<string, unknown>;
    expect(Object.keys(made).toSorted()).toEqual([
      'createdAt',
      'createdBy',
      'expiresAt',
      'id',
      'key',
      'lastUsedOn',
      'revokedAt',
      'role',
      'title',
    ]);
    const { key: _key, ...view } = made;
    expect(JSON.parse((await here.run('service-key', '--json')).answer)).toEqual({ serviceKeys: [view] });
    const revoked = JSON.parse(
      (await here.run('service-key', 'revoke', String(made['id']), '--json')).answer,
    ) as object;
    expect(revoked).toMatchObject({ ...view, revokedAt: expect.any(String) as string });
  });

  it('is not made of what is not acceptable: it says what is expected', async () => {
    await using here = await openInstallation();
    const create = (...args: string[]) => ['service-key', 'create', ...args];
    await expectRefusals(here, [
      [create('--title', ''), /--title +expected a text of 1 to 100 characters/],
      [create('--title', 'a', '--role', 'root'), /--role +expected "service" or "operator"/],
      [
        create('--title', 'a', '--expires-in', '30'),
        /--expires-in +expected a duration such as 90s, 15m, 1h or 30d/,
      ],
      [create('--title', 'a', '--expires-in', '99999d'), /--expires-in +expected .*ten years at most/],
      [create(), /required option '--title <text>' not specified/],
      [['service-key', 'nope'], /unknown command 'nope'\n\(There are list, create, revoke\.\)/],
      [['keys', 'nope', '--json'], /unknown command 'nope'\n\(There are list, rotate, revoke\.\)/],
      [['service-key', 'revoke', 'key_none'], /There is no service key of that id\./],
    ]);
    expect((await here.database.sql.query('SELECT FROM countersign.service_key')).rowCount).toBe(0);
  });

  it('makes none with another secret than the servers have, once they have any token key', async () => {
    await using here = await openInstallation();
    await here.run('token', 'issue', '--subject', 'ada', '--preset', 'subject');
    const env = { COUNTERSIGN_SECRET: randomBytes(32).toString('base64') };
    for (const command of [
      ['service-key', 'create', '--title', 'a'],
      ['token', 'issue', '--subject', 'ada', '--preset', 'subject'],
      ['token', 'revoke', '--subject', 'ada'],
      ['keys', 'rotate'],
    ]) {
      const ran = await here.runWith({ env }, ...command);
      expect(ran).toMatchObject({ code: 1, answer: '' });
      expect(ran.notes).toContain('COUNTERSIGN_SECRET is not the one');
      expect(ran.notes).not.toContain('    at ');
    }
    const server = { ...env, COUNTERSIGN_SERVICE_KEY: `csk_${'a'.repeat(40)}`, PORT: '0' };
    const refused = await here.runWith({ env: server }, 'serve');
    expect(refused.code).toBe(1);
    expect(refused.notes.trim()).toBe(
      'COUNTERSIGN_SECRET is not the one that this database was used with. Give the secret of your servers.',
    );
    const made = await here.runWith({ env: { COUNTERSIGN_SECRET: '' } }, 'dev', '--port', '0', '--no-open');
    expect(made.code).toBe(1);
    expect(made.notes.trim()).toMatch(/^\.countersign\/dev\.key is not the one/);
  });

  it('starts no server on a key service that has no key', async () => {
    await using here = await openInstallation();
    await writeFile(
      join(here.path, 'countersign.config.mjs'),
      'export default { scopedToken: { keyService: { keys: async () => [] } } };',
    );
    const env = { COUNTERSIGN_SERVICE_KEY: `csk_${'a'.repeat(40)}`, PORT: '0' };
    const refused = await here.runWith({ env }, 'serve');
    expect(refused.code).toBe(1);
    expect(refused.notes).toMatch(/The key service has no key of scoped tokens\. .*active\.\n/);
  });
});
