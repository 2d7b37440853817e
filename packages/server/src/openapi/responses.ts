import { errorReasons, errorSentences, type ErrorReason } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { codeOfReason } from '../error/code-of-reason.ts';
import { problemSchema } from './problem-schema.ts';
import type { ProcedureRoute } from './routes.ts';

const always: readonly ErrorReason[] = ['invalid_input', 'unavailable_dependency', 'internal'];
const withCredential: readonly ErrorReason[] = ['unauthenticated', 'forbidden', 'insufficient_scope'];

/** What a call answers, and every status it may be refused with, each with the reasons that have it. */
export function responsesOf(
  { type, output }: ProcedureRoute,
  { isOpen, refusals }: { readonly isOpen: boolean; readonly refusals: readonly ErrorReason[] },
): ZodOpenApiResponsesObject {
  const possible = new Set([...always, ...(isOpen ? [] : withCredential), ...refusals]);
  const byStatus = Map.groupBy(
    errorReasons.filter((reason) => possible.has(reason)),
    statusOf,
  );
  const refused = [...byStatus]
    .toSorted(([a], [b]) => a - b)
    .map(([status, reasons]) => [String(status), refusalResponse(reasons)] as const);
  return {
    '200':
      type === 'subscription'
        ? {
            description:
              'Server-sent events, for as long as it lasts. `data` of each is this in JSON, `event` its type and `id` what to resume after, by the header `Last-Event-ID`. A stream that is complete ends with the event `end`, one that fails with `problem`; one that ends otherwise is to be resumed.',
            content: { 'text/event-stream': { schema: output } },
          }
        : { description: 'Done.', content: { 'application/json': { schema: output } } },
    ...Object.fromEntries(refused),
    default: {
      description: 'Any other refusal.',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  };
}

function refusalResponse(reasons: readonly ErrorReason[]) {
  const description = reasons.map((reason) => `\`${reason}\`: ${errorSentences[reason]}`).join('\n\n');
  return { description, content: { 'application/problem+json': { schema: problemSchema } } };
}

function statusOf(reason: ErrorReason): number {
  return getHTTPStatusCodeFromError(new TRPCError({ code: codeOfReason[reason] }));
}
