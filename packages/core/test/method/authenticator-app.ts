import { HOTP, Secret } from 'otpauth';

/** The app on somebody's phone, which has scanned what `setup` shows. */
export function codeAt(setup: unknown, now: Date): string {
  const { secret } = setup as { secret: string };
  return HOTP.generate({
    secret: Secret.fromBase32(secret),
    counter: Math.floor(now.getTime() / 30_000),
  });
}
