import type { CallOptions, CountersignProcedures } from '../generated/client.ts';
import { operatorRouters, procedures, type Procedure } from '../generated/procedures.ts';

export type Method = (input: unknown, options?: CallOptions) => unknown;
type MethodOf = (name: string, procedure: Procedure) => Method;

/** The table of procedures as methods; the generated interface says what each takes and answers. */
export function everyProcedure(methodOf: MethodOf): CountersignProcedures {
  const routers: Record<string, Record<string, Method>> = {};
  for (const [router, verbs] of Object.entries<Readonly<Record<string, Procedure>>>(procedures)) {
    const methods: Record<string, Method> = {};
    for (const [verb, procedure] of Object.entries(verbs)) {
      methods[verb] = methodOf(`${router}.${verb}`, procedure);
    }
    routers[router] = methods;
  }
  for (const router of operatorRouters) routers[router] = onDemand(router, methodOf);
  return routers as unknown as CountersignProcedures;
}

/** Whatever is asked of it is a call, whose table comes first. No page pays for what its people never do. */
function onDemand(router: string, methodOf: MethodOf): Record<string, Method> {
  return new Proxy<Record<string, Method>>(
    {},
    {
      get: (_, verb: string) =>
        // To await it is to ask whether it has a `then`.
        verb === 'then'
          ? undefined
          : async (input: unknown, options?: CallOptions) => {
              const { operatorProcedures } = await import('../generated/operator-procedures.ts');
              const table: Readonly<Record<string, Readonly<Record<string, Procedure>>>> = operatorProcedures;
              return await methodOf(`${router}.${verb}`, table[router]?.[verb] as Procedure)(input, options);
            },
    },
  );
}
