import type { CallOptions, CountersignProcedures } from '../generated/client.ts';
import { procedures, type Procedure } from '../generated/procedures.ts';

export type Method = (input: unknown, options?: CallOptions) => unknown;

/** The table of procedures as methods; the generated interface says what each takes and answers. */
export function everyProcedure(
  methodOf: (name: string, procedure: Procedure) => Method,
): CountersignProcedures {
  const routers: Record<string, Record<string, Method>> = {};
  for (const [router, verbs] of Object.entries<Readonly<Record<string, Procedure>>>(procedures)) {
    const methods: Record<string, Method> = {};
    for (const [verb, procedure] of Object.entries(verbs)) {
      methods[verb] = methodOf(`${router}.${verb}`, procedure);
    }
    routers[router] = methods;
  }
  return routers as unknown as CountersignProcedures;
}
