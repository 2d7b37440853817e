import type { Operation } from '@countersign/core';
import type { RefusalOptions } from '../../rest/refusal.ts';
import { createHandle, type HandleGuarded } from './handle.ts';
import { createGuardHono, type GuardHono } from './hono.ts';
import { createRouteRefusal } from './refusal.ts';
import type { RouteOptions } from './run-route.ts';

/** The guard for plain HTTP handlers: a part of `cs.guard(operation)`. */
export interface HttpGuard<Guarded extends Operation> {
  readonly handle: HandleGuarded<Guarded>;
  readonly hono: GuardHono<Guarded>;
}

type HttpGuardOptions = Omit<RouteOptions, 'refuse'> & RefusalOptions;

export function createHttpGuard(
  options: HttpGuardOptions,
): <Guarded extends Operation>(operation: Guarded) => HttpGuard<Guarded> {
  const route = { ...options, refuse: createRouteRefusal(options) };
  return (operation) => ({
    handle: createHandle(route, operation),
    hono: createGuardHono(route, operation),
  });
}
