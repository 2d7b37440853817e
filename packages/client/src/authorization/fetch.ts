import { recordOf } from '../error.ts';
import type { FetchFunction } from '../options.ts';
import { callKey } from './call-key.ts';
import { createRun, type AuthorizerOptions } from './run.ts';

export interface AuthorizationFetchOptions extends AuthorizerOptions {
  /** Instead of the global one. */
  readonly fetch?: FetchFunction | undefined;
}

const preconditionRequired = 428; // RFC 6585 §3

/**
 * `fetch` for a host that guards its own routes: answered 428 with problem details (RFC 9457) that name the request, it
 * has the person asked, and makes the same request again once that is granted. With nobody to ask, the 428 is the answer.
 *
 * GET and HEAD pass by, and so does a body that is a stream, which cannot be sent twice. Requests with the same method,
 * address and text that wait at the same time are one, whatever their headers, but for `Authorization` and `Cookie`,
 * which say whose they are.
 *
 * @example
 * ```ts
 * const fetch = authorizationFetch({ client });
 * const response = await fetch('/transfers', { method: 'POST', body: JSON.stringify(transfer), headers });
 * ```
 * @throws as `Authorizer.run`.
 */
export function authorizationFetch({ fetch, ...options }: AuthorizationFetchOptions): FetchFunction {
  const run = createRun(options);
  const send: FetchFunction = fetch ?? ((input, init) => globalThis.fetch(input, init));

  return async (input, init = {}) => {
    const request = input instanceof Request ? input : undefined;
    const method = (init.method ?? request?.method ?? 'GET').toUpperCase();
    if (method === 'GET' || method === 'HEAD' || isStream(init.body)) return await send(input, init);
    const body = init.body ?? (await request?.clone().text());
    const headers = new Headers(init.headers ?? request?.headers);
    const whose = ['authorization', 'cookie'].map((name) => headers.get(name));
    const call = async (signal: AbortSignal | undefined): Promise<Response> => {
      const response = await send(request?.clone() ?? input, { ...init, ...(signal && { signal }) });
      const problem = await problemOf(response);
      if (problem !== undefined) throw new Refused(response, problem);
      return response;
    };
    try {
      return await run(callKey(`${method} ${urlOf(input)}`, [whose, textOf(body)]), call, {
        signal: init.signal ?? request?.signal,
        copy: (response) => response.clone(),
      });
    } catch (error) {
      if (error instanceof Refused) return error.response.clone();
      throw error;
    }
  };
}

/** An answer that refuses, as an error that says so where tRPC's do. */
class Refused extends Error {
  readonly response: Response;
  readonly data: unknown;

  constructor(response: Response, data: unknown) {
    super('the request was answered 428');
    this.response = response;
    this.data = data;
  }
}

async function problemOf(response: Response): Promise<unknown> {
  if (response.status !== preconditionRequired) return undefined;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return recordOf(body)['reason'] === 'authorization_required' ? body : undefined;
}

function urlOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : String(input);
}

function isStream(body: unknown): boolean {
  return body instanceof ReadableStream || Symbol.asyncIterator in Object(body);
}

function textOf(body: unknown): unknown {
  return body instanceof URLSearchParams ? String(body) : body;
}
