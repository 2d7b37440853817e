import { refuseInput } from '../error/refuse-input.ts';

/** Deeper than any input of ours can be: 16 levels of data inside an envelope. */
const depthMax = 32;
/** More than any input of ours can have: 16 KiB of data and 8 KiB of context, a byte or more for each. */
const valuesMax = 32_768;

/**
 * Refuses an input that is nested or branches beyond reason, or has a key by which careless code reaches a
 * prototype. Counted is what a walk would see: a graph that shares its parts is small in memory and endless
 * to walk, and a host's transformer builds such graphs from a body of a few hundred bytes.
 *
 * `constructor` and `prototype` would also make superjson throw while it writes the answer, after the work
 * was done.
 */
export function assertHarmless(input: unknown): void {
  let valuesLeft = valuesMax;
  const walk = (value: unknown, depthLeft: number): void => {
    valuesLeft -= 1;
    if (valuesLeft < 0) throw refuseInput(`must not have more than ${valuesMax} values`);
    if (typeof value !== 'object' || value === null) return;
    if (depthLeft === 0) throw refuseInput('is nested too deeply');
    for (const key of Object.keys(value)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
        throw refuseInput(`must not have the key "${key}"`);
      }
      walk((value as Record<string, unknown>)[key], depthLeft - 1);
    }
  };
  walk(input, depthMax);
}
