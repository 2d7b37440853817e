import type { TRPCError } from '@trpc/server';
import { STATUS_CODES } from 'node:http';
import { errorShape } from './error-shape.ts';

/** A refusal as a problem document (RFC 9457), for whoever calls by plain HTTP; with ours beside its own members. */
export type Problem = ReturnType<typeof problemOf>;

/**
 * `type` stays `about:blank`, so that `title` is the phrase of the status (§4.2.1): why it was refused is the reason,
 * from the same closed list as everywhere (docs/errors.md).
 */
export function problemOf(error: TRPCError) {
  const { message, data } = errorShape(error);
  const { code: _code, httpStatus: status, ...rest } = data;
  return { type: 'about:blank', title: STATUS_CODES[status] ?? '', status, detail: message, ...rest };
}

export function problemAnswer(error: TRPCError, headers: Readonly<Record<string, string>> = {}): Response {
  const problem = problemOf(error);
  const retryAt = problem.details?.['retryAt'];
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAt instanceof Date && { 'retry-after': httpDate(retryAt) }),
      ...headers,
    },
  });
}

/** RFC 9110 §5.6.7, which knows whole seconds: the next one, so that nobody comes back too early. */
function httpDate(date: Date): string {
  return new Date(Math.ceil(date.getTime() / 1000) * 1000).toUTCString();
}
