import { secureHeaders } from 'hono/secure-headers';

/**
 * An answer of ours is data, never a document: nothing in it may run, be framed or be kept. HSTS is left
 * to whoever ends TLS.
 */
export const securityHeaders = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
});
