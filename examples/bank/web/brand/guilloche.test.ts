import { expect, it } from 'vitest';
import { rosette } from './guilloche.ts';

const hash = 'Om6weQ85rIfJTzhWst0sXREOaBFgImGpqSPTuyOtyLc';

it('draws the same picture of the same hash, and another one of every hash that differs in a letter', () => {
  const pictures = new Set(
    Array.from(hash, (_, place) => place).map((place) => String(rosette(changedAt(place)))),
  );
  expect(pictures.size).toBe(hash.length);
  expect(pictures).not.toContain(String(rosette(hash)));
  expect(rosette(hash)).toEqual(rosette(hash));
});

it('stays within its frame', () => {
  const numbers = rosette(hash).flatMap((path) => path.match(/-?[\d.]+/g)?.map(Number) ?? []);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThanOrEqual(100);
});

function changedAt(place: number): string {
  return `${hash.slice(0, place)}${hash[place] === 'A' ? 'B' : 'A'}${hash.slice(place + 1)}`;
}
