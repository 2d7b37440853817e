import type { Core } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { Hono } from 'hono';
import { logError } from '../error/log-error.ts';
import { healthDoors, type Readiness } from './health.ts';
import { logCalls } from './log-calls.ts';
import { refusal, refusalOf } from './refusal.ts';
import { securityHeaders } from './security-headers.ts';
import { metricsDoor, type MetricsDoorOptions } from '../telemetry/door.ts';
import { openApiDoors, type OpenApiOptions } from '../openapi/doors.ts';
import { trpcDoor } from './trpc-door.ts';

export type HttpHandler = (request: Request) => Promise<Response>;

/** Everything the running server answers outside of development (the contract, §6). */
export function createHttpHandler({
  core,
  metrics,
  readiness,
  ...options
}: OpenApiOptions & {
  readonly core: Core;
  readonly metrics?: MetricsDoorOptions;
  readonly readiness?: Readiness;
}): HttpHandler {
  const app = new Hono();
  app.use(logCalls(options.logger), securityHeaders);
  app.route('/', healthDoors(core, readiness));
  if (metrics) app.route('/', metricsDoor(metrics));
  app.route('/', trpcDoor(options));
  app.route('/', openApiDoors(options));
  app.notFound(() => refusal('NOT_FOUND'));
  app.onError((cause) => {
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause });
    logError(options.logger, error, undefined);
    return refusalOf(error);
  });
  return async (request) => app.fetch(request);
}
