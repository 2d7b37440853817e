import { createRandom, type Random } from '@countersign/core/testing';
import { expect, it } from 'vitest';
import { dpopRefusals } from '../../src/dpop/refusal.ts';
import { createHandKey, createJudge, handMade } from './hand-made.ts';

const mutations = 100_000;
const atOnce = 200;
const alphabet = Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ,{}"\0\n\u00e9\ud800',
);

/** One to three changes anywhere: a character, a stretch, a part. */
function mutate(proof: string, random: Random): string {
  let text = proof;
  for (let left = 1 + random.integer(3); left > 0; left -= 1) text = changed(text, random);
  return text === proof ? mutate(proof, random) : text;
}

function changed(text: string, random: Random): string {
  const from = random.integer(text.length);
  const to = from + random.integer(20);
  const character = random.pick(alphabet);
  const parts = text.split('.');
  switch (random.integer(8)) {
    case 0:
    case 1:
      return text.slice(0, from) + character + text.slice(from + 1);
    case 2:
      return text.slice(0, from) + character + text.slice(from);
    case 3:
      return text.slice(0, from) + text.slice(to);
    case 4:
      return text.slice(0, to) + text.slice(from);
    case 5:
      return text.slice(0, from);
    case 6:
      return parts.map(() => random.pick(parts)).join('.');
    default:
      return inside(text, random);
  }
}

/** A change of the JSON in the header or in the claims. */
function inside(text: string, random: Random): string {
  const parts = text.split('.');
  const index = random.integer(Math.min(2, parts.length));
  const json = Buffer.from(parts[index] ?? '', 'base64url').toString();
  const from = random.integer(json.length + 1);
  const put = random.pick([
    'null',
    '"',
    '{',
    '}',
    '[]',
    ':',
    ',',
    '0',
    '\\u0000',
    '"d":"x",',
    '"alg":"none",',
    ' ',
  ]);
  const after = json.slice(0, from) + put + json.slice(from + random.integer(4));
  return parts.with(index, Buffer.from(after).toString('base64url')).join('.');
}

it('refuses 100,000 mutations of right proofs, all by a reason and none by an exception', async () => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  console.log(`mutations of seed ${seed}`);
  const random = createRandom(seed);
  const { judge, verifier } = createJudge();
  const proofs = [handMade(), handMade({ key: createHandKey('Ed25519') })];
  const found = new Map<string, number>();
  for (let done = 0; done < mutations; done += atOnce) {
    const texts = Array.from({ length: atOnce }, () => mutate(random.pick(proofs), random));
    for (const reason of await Promise.all(texts.map((text) => judge(text))))
      found.set(reason, (found.get(reason) ?? 0) + 1);
  }
  console.log(Object.fromEntries(found));
  expect([...found.keys()].filter((reason) => !dpopRefusals.some((known) => known === reason))).toEqual([]);
  expect(verifier.remembered).toBe(0);
  // They got as far as they can get.
  expect([...found.keys()]).toEqual(expect.arrayContaining(['malformed', 'wrong_key', 'bad_signature']));
  for (const proof of proofs) expect(await judge(proof)).toBe('ok');
}, 180_000);
