import { timingSafeEqual } from 'node:crypto';

type Pair = readonly [Buffer, Buffer];

/** Scratch by length, of which there are two or three: those of the texts that we expect. */
const scratch = new Map<number, Pair>();

/**
 * Whether a text is the expected one, which is ASCII, in a time that does not tell where they differ (bug 33
 * of the list in docs/threat-model.md: `===` stops at the first difference). As UTF-8, in which no character
 * becomes another one. That the lengths differ is no secret.
 */
export function sameText(given: string, expected: string): boolean {
  const { length } = expected;
  if (given.length !== length) return false;
  const [a, b] = scratch.get(length) ?? addScratch(length);
  return a.write(given) === length && b.write(expected) === length && timingSafeEqual(a, b);
}

function addScratch(length: number): Pair {
  const pair: Pair = [Buffer.alloc(length), Buffer.alloc(length)];
  scratch.set(length, pair);
  return pair;
}
