import { otp } from '../packages/core/src/method/methods/otp.ts';

/** The methods that come with Countersign; what stands beside `method` in a proof depends on it. */
export const knownMethods = [otp({ send: () => Promise.resolve() })] as const;
