/** What one attempt of a call came to. */
export type Attempt =
  | { readonly kind: 'answered'; readonly result: unknown }
  /** A refusal that another attempt would not change. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** It may have happened or not. */
  | { readonly kind: 'unknown' }
  /** It certainly did not happen. */
  | { readonly kind: 'not sent' };

export interface Refusal {
  readonly reason: string;
  readonly details?: { readonly inProgress?: boolean; readonly state?: string; readonly reason?: string };
}

/** Nothing of the server takes longer: a statement may take 5 s, the wait for a lock 2 s. */
const unansweredMs = 10_000;

/** @throws when the server answers what it never may: an error that nobody foresaw, no JSON. */
export async function attemptCall(
  url: string,
  init: RequestInit,
  patienceMs = unansweredMs,
): Promise<Attempt> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(patienceMs) });
    text = await response.text();
  } catch (error) {
    return { kind: wasNotConnected(error) ? 'not sent' : 'unknown' };
  }
  // The port is open before there is anything behind it.
  if (response.status === 503 && text === 'Starting.') return { kind: 'not sent' };
  const body = JSON.parse(text) as Body;
  if (Array.isArray(body)) return { kind: 'answered', result: body };
  if (body.result !== undefined) return { kind: 'answered', result: body.result.data.json };
  const refusal = body.error.json.data;
  const mayHaveHappened = refusal.reason === 'unavailable_dependency' || refusal.details?.inProgress === true;
  if (mayHaveHappened) return { kind: 'unknown' };
  if (refusal.reason === 'internal') throw new Error(`${url} answered: ${text}`);
  return { kind: 'refused', refusal };
}

/** The inbox answers with a list, tRPC with a result or an error in superjson's envelope. */
type Body =
  | unknown[]
  | { readonly result: { readonly data: { readonly json: unknown } }; readonly error?: never }
  | { readonly result?: never; readonly error: { readonly json: { readonly data: Refusal } } };

function wasNotConnected(error: unknown): boolean {
  return (error as { cause?: { code?: unknown } }).cause?.code === 'ECONNREFUSED';
}
