const bodyBytesMax = 64 * 1024;

/**
 * Why a call is not even looked at, as the status of its answer. The cookie comes along from wherever a call does, so
 * what changes something must say that it comes from our own page, and must be nothing that a form can send.
 */
export function refusalOf({ method, url, headers }: Request): number | null {
  if (method === 'GET') return null;
  if (method !== 'POST') return 405;
  if (headers.get('origin') !== new URL(url).origin) return 403;
  if (headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') return 415;
  const length = headers.get('content-length');
  if (length === null) return 411;
  return Number(length) <= bodyBytesMax ? null : 413;
}
