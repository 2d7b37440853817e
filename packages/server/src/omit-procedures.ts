import type { AnyTRPCProcedure, TRPCCreateRouterOptions } from '@trpc/server';
import { router, type CountersignRouter } from './router.ts';
import { t } from './trpc/trpc.ts';

type Groups = CountersignRouter['_def']['record'];

/** A group of our procedures, such as `factor`, or one of them, such as `factor.create`. */
export type ProcedureName = {
  [Group in keyof Groups]: Group | `${Group}.${Extract<keyof Groups[Group], string>}`;
}[keyof Groups];

const groups = Object.entries<Readonly<Record<string, AnyTRPCProcedure>>>(router._def.record);

/** What can be left out, each group before its procedures. */
export const procedureNames = groups.flatMap(([group, procedures]) => [
  group,
  ...Object.keys(procedures).map((name) => `${group}.${name}`),
]) as [ProcedureName, ...ProcedureName[]];

/**
 * Our router without some of its procedures: a call of one of these is a call of nothing, over HTTP, over WebSockets
 * and in process. It keeps its type, so that clients are typed alike whatever a deployment offers.
 *
 * What is left out stays ours by name: another deployment on this database may have it, and tokens whose scope names
 * it must not open anything else.
 */
export function omitProcedures(omitted: readonly ProcedureName[]): CountersignRouter {
  if (omitted.length === 0) return router;
  const left = new Set<string>(omitted);
  const kept: TRPCCreateRouterOptions = Object.fromEntries(
    groups
      .filter(([group]) => !left.has(group))
      .map(([group, procedures]) => [
        group,
        Object.fromEntries(Object.entries(procedures).filter(([name]) => !left.has(`${group}.${name}`))),
      ]),
  );
  return t.router(kept) as unknown as CountersignRouter;
}
