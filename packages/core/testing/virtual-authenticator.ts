import { HOTP, Secret, TOTP } from 'otpauth';
import { z } from 'zod';

/** An authenticator app without a person. */
export interface VirtualAuthenticator {
  /** What it shows at this time, or so many steps of 30 seconds later. */
  code(at: Date, steps?: number): string;
  /**
   * A code that is right at this time and that it has not given out by this function: each counts only once (RFC 6238
   * §5.2). Null when there is none left before the next step.
   */
  unusedCode(at: Date): string | null;
}

const setupOf = z.looseObject({ secret: z.string() });
const period = 30;

/**
 * An authenticator app in software, from the `setup` of an enrolment of `totp`.
 *
 * @example
 * ```ts
 * const { setup } = await service.factor.create({ subjectId: 'ada', methodId: 'totp', confirmed: true });
 * const app = createVirtualAuthenticator(setup);
 * const proof = { method: 'totp', code: app.code(clock.now()) };
 * ```
 */
export function createVirtualAuthenticator(setup: unknown): VirtualAuthenticator {
  const secret = Secret.fromBase32(setupOf.parse(setup).secret);
  const stepAt = (at: Date): number => TOTP.counter({ period, timestamp: at.getTime() });
  const codeOf = (counter: number): string => HOTP.generate({ secret, counter });
  let lastGiven = -1;
  return {
    code: (at, steps = 0) => codeOf(stepAt(at) + steps),
    unusedCode(at) {
      const now = stepAt(at);
      // The code of the step before is right as well, so there are two in the first step.
      const free = Math.max(now - 1, lastGiven + 1);
      if (free > now) return null;
      lastGiven = free;
      return codeOf(free);
    },
  };
}
