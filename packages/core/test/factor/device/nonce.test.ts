import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeNonce, markOfNonce } from '../../../src/factor-management/device/nonce-text.ts';
import { createKeys } from '../../../src/keys.ts';
import { systemRandomness } from '../../../src/runtime.ts';
import { keyedPhone, openDeviceCore } from './phone.ts';

const secret = () => randomBytes(32).toString('base64');
const holder = { subjectId: 'ada', uuid: 'phone-1' };
const now = new Date(1_790_000_000_000);
const soon = new Date(now.getTime() + 60_000);
const services = (given: Parameters<typeof createKeys>[0]) => ({
  keys: createKeys(given),
  randomness: systemRandomness,
});

it('a nonce is given for any name, known or not, in one form, and writes nothing', async () => {
  await using test = await openDeviceCore();
  await keyedPhone(test);
  const { nonce } = test.core.devices;
  const answers = await Promise.all([
    nonce(test.service, { subjectId: 'ada', uuid: 'phone-1' }),
    nonce(test.subject('bob'), { subjectId: 'ada', uuid: 'phone-2' }),
    nonce(test.service, { subjectId: 'nobody', uuid: 'phone-1' }),
  ]);
  for (const answer of answers) {
    expect(answer.nonce).toMatch(/^[\w-]{80}$/);
    expect(answer.expiresAt).toEqual(new Date(test.clock.now().getTime() + 60_000));
  }
  expect(new Set(answers.map((answer) => answer.nonce)).size).toBe(3);
  const { rows } = await test.database.sql.query('SELECT FROM countersign.factor_mark');
  expect(rows).toEqual([]);
});

it('is known for a minute, for one name of one subject', () => {
  const ours = services(secret());
  const nonce = makeNonce(ours, holder, soon);
  expect(markOfNonce(ours, holder, nonce, now)).toMatch(/^nonce:[\w-]{22}$/);
  expect(markOfNonce(ours, holder, nonce, new Date(soon.getTime() - 1))).not.toBeNull();
  expect(markOfNonce(ours, holder, nonce, soon)).toBeNull();
  expect(markOfNonce(ours, { ...holder, uuid: 'phone-2' }, nonce, now)).toBeNull();
  expect(markOfNonce(ours, { ...holder, subjectId: 'bob' }, nonce, now)).toBeNull();
  // Where the one ends and the other begins is part of it.
  expect(markOfNonce(ours, { subjectId: 'adaphone', uuid: '-1' }, nonce, now)).toBeNull();
});

it('changed in any character it is none, and neither is one that was put together elsewhere', () => {
  const ours = services(secret());
  const nonce = makeNonce(ours, holder, soon);
  for (let place = 0; place < nonce.length; place += 1) {
    const changed = `${nonce.slice(0, place)}${nonce[place] === 'A' ? 'B' : 'A'}${nonce.slice(place + 1)}`;
    expect(markOfNonce(ours, holder, changed, now)).toBeNull();
  }
  const foreign = makeNonce(services(secret()), holder, soon);
  const others = ['', nonce.slice(0, -1), `${nonce}A`, `${nonce}=`, ` ${nonce}`, foreign];
  for (const other of [...others, nonce.slice(0, 8) + foreign.slice(8), 'A'.repeat(80)])
    expect(markOfNonce(ours, holder, other, now)).toBeNull();
});

it('outlives a rotation of the deployment’s secret', () => {
  const old = secret();
  const nonce = makeNonce(services(old), holder, soon);
  const rotated = services({ active: secret(), previous: [old] });
  expect(markOfNonce(rotated, holder, nonce, now)).not.toBeNull();
  expect(markOfNonce(services(secret()), holder, nonce, now)).toBeNull();
});
