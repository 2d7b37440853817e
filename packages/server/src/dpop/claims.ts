import { z } from 'zod';

const claims = z.object({
  /** Long enough for what anybody makes, short enough to be remembered. */
  jti: z.string().regex(/^[ -~]{1,128}$/),
  htm: z.string(),
  htu: z.string(),
  iat: z.int().nonnegative(),
  ath: z.string(),
});

export type ProofClaims = z.infer<typeof claims>;

/** The claims of RFC 9449, §4.2, all of them required; others are left alone, as RFC 7519, §4, asks. */
export function readClaims(written: unknown): ProofClaims | null {
  return claims.safeParse(written).data ?? null;
}
