import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { openInstallation, type Installation } from './run-command.ts';

let here: Installation;
beforeAll(async () => {
  here = await openInstallation();
  const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
  await symlink(modules, join(here.path, 'node_modules'));
}, 60_000);
afterAll(() => here[Symbol.asyncDispose]());

const name = 'countersign.config.ts';
const keep = (text: string) => writeFile(join(here.path, name), text);

async function doctor(): Promise<Finding[]> {
  const { answer, notes } = await here.run('doctor', '--json');
  expect(answer + notes).not.toMatch(/    at |jiti/);
  return (JSON.parse(answer) as { findings: Finding[] }).findings;
}

describe('a configuration file', { timeout: 60_000 }, () => {
  it.each([
    ['throws', "throw new Error('the words of the file')", /it says: the words of the file$/],
    ['throws no error', 'throw null', /it says: null$/],
    ['has a syntax error', 'export default {\n  methods: [[}\n}', /it says: .*countersign\.config\.ts:2/],
    [
      'imports what is not there',
      "import { x } from 'nowhere-at-all';\nexport default { x };",
      /it says: Cannot find .*nowhere-at-all/,
    ],
    [
      'makes a bus of a wrong URL',
      "import { natsBus } from '@countersign/server';\nexport default { bus: natsBus({ servers: 'http://ada:hunter22@x' }) };",
      /it says: servers must be NATS URLs/,
    ],
  ])('that %s is named in one sentence, with its own words', async (_, text, words) => {
    await keep(text);
    const [{ code, answer, notes }, findings] = await Promise.all([here.run('migrate', '--check'), doctor()]);
    expect({ code, answer }).toEqual({ code: 1, answer: '' });
    expect(notes.trim()).toMatch(words);
    expect(notes).toContain(`${name}  expected a file that can be loaded`);
    expect(notes.trim().split('\n')).toHaveLength(2);
    expect(notes).not.toMatch(/    at |jiti|hunter22/);
    // Once, though several parts of what it looks at come from the file.
    expect(findings).toEqual([
      { name: 'settings', state: 'problem', says: expect.stringMatching(words) as string },
    ]);
  });

  it('that a server would refuse is refused by the doctor, once for each setting, beside what else there is', async () => {
    await keep(
      "export default { methods: 'otp', bus: {}, retention: { eventDays: 3 }, publicUrl: 'ftp://x', scopedToken: 7 };",
    );
    const [settings, ...others] = await doctor();
    expect(settings).toMatchObject({ name: 'settings', state: 'problem' });
    for (const setting of ['methods', 'bus', 'retention.eventDays', 'publicUrl', 'scopedToken'])
      expect(settings?.says.split(`${name}: ${setting} `), setting).toHaveLength(2);
    expect(settings?.says).toMatch(/publicUrl +expected an http or https URL, or a function of the request/);
    expect(others).toEqual([]);
  });

  it('that a server takes hides nothing of the rest', async () => {
    await keep("export default { publicUrl: 'ftp://x' };");
    const findings = await doctor();
    expect(findings.map((finding) => finding.name)).toContain('durability');
    expect(findings.filter(({ name: about }) => about === 'settings')).toHaveLength(1);
  });
});
