import type { AnyTRPCRouter } from '@trpc/server';
import type { z } from 'zod';

/** Under which every procedure has a path of its own (the contract, §6). */
export const restRoot = '/api/v1';

/** A procedure as it is reached by plain HTTP. */
export interface ProcedureRoute {
  /** `authorizationRequest.create` */
  readonly procedure: string;
  /** `/api/v1/authorizationRequest/create` */
  readonly path: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly input: z.ZodType;
  /** What it answers; of a stream, what each of its events is. */
  readonly output: z.ZodType;
}

interface Definition {
  readonly type: ProcedureRoute['type'];
  readonly inputs: readonly z.ZodType[];
  readonly output?: z.ZodType & { readonly element?: z.ZodType };
}

/**
 * Every procedure of a router in groups that says what it takes and what it answers, which all of ours do. What is left
 * out of the router has no path and stands in no document.
 */
export function routesOf(router: AnyTRPCRouter): readonly ProcedureRoute[] {
  const procedures = router._def.procedures as Readonly<Record<string, { readonly _def: Definition }>>;
  return Object.entries(procedures).flatMap(([procedure, { _def }]) => {
    const { type, inputs, output } = _def;
    const [group, verb, ...deeper] = procedure.split('.');
    const [input] = inputs;
    const answered = output?.element ?? output;
    if (verb === undefined || deeper.length > 0 || input === undefined || answered === undefined) return [];
    return [{ procedure, path: `${restRoot}/${group}/${verb}`, type, input, output: answered }];
  });
}
