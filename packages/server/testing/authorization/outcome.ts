import type { AuthorizationRequestView } from '@countersign/core';
import { requestIn } from './request-in.ts';

/** What became of a call. */
export type Outcome =
  | { readonly kind: 'asked'; readonly request: AuthorizationRequestView }
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly text: string; readonly error: unknown };

/** A call: begun already, or a function that begins it. */
export type Call = PromiseLike<unknown> | (() => unknown);

/**
 * Waits for a call, and reads its refusal wherever it came from: thrown in this process (a TRPCError whose cause says
 * it, or that cause), by a tRPC client or our SDK, or as a fetch Response, of a plain route or of tRPC.
 */
export async function outcomeOf(call: Call): Promise<Outcome> {
  try {
    const answer = await (typeof call === 'function' ? call() : call);
    return answer instanceof Response ? await outcomeOfResponse(answer) : { kind: 'answered', answer };
  } catch (error) {
    const request = requestIn(error);
    return request === null ? { kind: 'failed', text: textOf(error), error } : { kind: 'asked', request };
  }
}

async function outcomeOfResponse(response: Response): Promise<Outcome> {
  // The test may read the body afterwards.
  const text = await response.clone().text();
  const body = parsed(text);
  const request = response.status === 428 ? requestIn(body) : null;
  if (request !== null) return { kind: 'asked', request };
  if (response.ok) return { kind: 'answered', answer: body };
  const said = text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text;
  return { kind: 'failed', text: `status ${response.status}, ${said}`, error: response };
}

const textLengthMax = 300;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** With the reason, where it is a refusal of ours: `rate_limited: Too many in a short time; …`. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { reason, data, cause } = error as Error & Refusal & { readonly data?: Refusal };
  const said = reason ?? data?.reason ?? (cause as Refusal | undefined)?.reason;
  return said === undefined ? `${error.name}: ${error.message}` : `${said}: ${error.message}`;
}

interface Refusal {
  readonly reason?: string;
}
