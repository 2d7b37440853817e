import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashBound, hashValue } from '../../src/confirmation/bound-hashes.ts';
import { identityDigest } from '../../src/factor/identity.ts';
import { openConfig, sealConfig } from '../../src/factor/sealed-config.ts';
import { openTestCore } from '../../testing/index.ts';
import { joinedDigest } from '../planted/joined-digest.ts';

const methodUuid = '018f0000-0000-7000-8000-000000000001';

/** A part that ends as the next one begins, with whatever may stand between them. */
const separators = ['|', '\0', '","subjectId":"', '\n', '\\', '"'];

it('what a confirmation is bound to is told apart wherever a part ends, and not where the parts are joined (bug 42)', () => {
  const key = createSecretKey(randomBytes(32));
  for (const separator of separators) {
    const lists = [
      { purpose: `pay${separator}ada`, subjectId: 'bob' },
      { purpose: 'pay', subjectId: `ada${separator}bob` },
    ] as const;
    const bound = { methodUuid, factorUuid: null, data: null };
    expect(new Set(lists.map((parts) => hashBound({ ...bound, ...parts }).toString('hex'))).size).toBe(2);
  }
  const [first, second] = [
    ['pay|ada', 'bob'],
    ['pay', 'ada|bob'],
  ] as const;
  expect(joinedDigest(key, first)).toEqual(joinedDigest(key, second));
});

it('no data of a confirmation reads like another member, and its hash is nobody’s data hash (bug 42)', () => {
  const bound = { methodUuid, factorUuid: null, subjectId: 'ada' };
  const data = '{"amount":1}';
  expect(hashBound({ ...bound, purpose: null, data })).not.toEqual(
    hashBound({ ...bound, purpose: data, data: null }),
  );
  expect(hashValue(data)).not.toEqual(hashBound({ ...bound, purpose: null, data }));
});

it('seals and identities of two factors are told apart wherever a part ends (bug 42)', async () => {
  await using test = await openTestCore();
  const place = { subjectId: 'ada', factorId: 'fact' };
  const bytes = sealConfig(test.service, place, { seed: 'x' });
  expect(openConfig(test.service, place, bytes)).toEqual({ seed: 'x' });
  const moved = { subjectId: 'adaf', factorId: 'act' };
  expect(() => openConfig(test.service, moved, bytes)).toThrow('authenticate');
  const identity = (subjectId: string, value: string) =>
    identityDigest('otp', subjectId, { scope: 'subject', value }).toString('hex');
  expect(identity('ada', 'x@example.org')).not.toBe(identity('adax', '@example.org'));
});
