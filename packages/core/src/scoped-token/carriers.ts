import { CountersignError } from '../error.ts';

/** How a token may come, by the names of an input; the letters are those of the claim `car`. */
export const carrierNames = ['header', 'webSocket', 'query'] as const;
export type CarrierName = (typeof carrierNames)[number];

const letterOf: Readonly<Record<CarrierName, 'h' | 'w' | 'q'>> = { header: 'h', webSocket: 'w', query: 'q' };

/** A token in a URL is in histories and logs, so it lives a minute at most, or pays for one call. */
export const queryLifetimeSecondsMax = 60;

/** The claim `car`; undefined when nothing was said. */
export function carrierLetters(names: readonly CarrierName[] | undefined): string | undefined {
  if (names === undefined) return undefined;
  return carrierNames
    .filter((name) => names.includes(name))
    .map((name) => letterOf[name])
    .join('');
}

/** @throws CountersignError `lifetime_too_long` for a URL, unless a request pays for the one call. */
export function assertFitForUrl(letters: string | undefined, lifetimeSeconds: number, isPaid: boolean): void {
  if (letters?.includes('q') === true && !isPaid && lifetimeSeconds > queryLifetimeSecondsMax)
    throw new CountersignError('lifetime_too_long');
}
