import { randomBytes, randomInt } from 'node:crypto';
import type { Clock, Ids, Logger, Randomness } from './ports.ts';

/** The only file of core that reads the wall clock or the system's randomness. */
export const systemClock: Clock = { now: () => new Date() };

export const systemRandomness: Randomness = {
  bytes: (length) => randomBytes(length),
  integer: (limit) => (limit === 1 ? 0 : randomInt(limit)),
};

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * UUID version 7: 48 bits of milliseconds, then a 12-bit counter that orders ids of one millisecond,
 * then 62 random bits (RFC 9562 §5.7, §6.2 method 1). When the clock stands still or goes back, the
 * last millisecond is kept and the counter goes on, so ids of one process always rise.
 */
export function createIds(clock: Clock, randomness: Randomness): Ids {
  let lastMilliseconds = 0;
  let counter = 0;
  let random = '';
  /** 64 ids' worth are asked for at a time: a call to the system for each is a third of what an id costs. */
  const next16 = () => {
    if (random === '') random = Buffer.from(randomness.bytes(512)).toString('hex');
    const next = random.slice(0, 16);
    random = random.slice(16);
    return next;
  };
  return {
    uuid() {
      const now = clock.now().getTime();
      if (now > lastMilliseconds) {
        lastMilliseconds = now;
        counter = 0;
      } else if (counter === 0xfff) {
        lastMilliseconds += 1;
        counter = 0;
      } else {
        counter += 1;
      }
      const time = lastMilliseconds.toString(16).padStart(12, '0');
      const bits = next16();
      const variant = (0x8 | (Number.parseInt(bits.charAt(0), 16) & 0x3)).toString(16);
      return (
        `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}` +
        `-${variant}${bits.slice(1, 4)}-${bits.slice(4, 16)}`
      );
    },
  };
}
