import { refuseBatchedProof } from '../packages/server/src/middleware/refuse-batched-proof.ts';
import { router } from '../packages/server/src/router.ts';
import type { Schema } from './generate-docs/json-schema.ts';
import type { ProcedurePath } from './generate-docs/procedure-examples.ts';

/** One procedure of the router, by what tRPC keeps of it. */
export interface RouterProcedure {
  /** `authorizationRequest.create` */
  readonly path: ProcedurePath;
  /** `authorizationRequest` */
  readonly group: string;
  /** `create` */
  readonly verb: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly input: Schema;
  /** What it answers; of a subscription, what each thing is that it yields. */
  readonly output: Schema;
  /** Whether it is refused behind another call in a batch, whatever it is given. */
  readonly standsFirst: boolean;
}

interface Definition {
  readonly type: RouterProcedure['type'];
  readonly inputs: readonly Schema[];
  readonly middlewares: readonly object[];
  /** That of a subscription is a stream and says in `element` of what. */
  readonly output?: Schema & { readonly element?: Schema };
}

const refusals: readonly object[] = refuseBatchedProof._middlewares;

/** Every procedure, in the order in which the router lists them. */
export function routerProcedures(): RouterProcedure[] {
  const procedures = router._def.procedures as unknown as Record<string, { readonly _def: Definition }>;
  return Object.entries(procedures).map(([path, { _def }]) => {
    const { type, inputs, middlewares, output } = _def;
    const [group, verb, ...deeper] = path.split('.');
    if (group === undefined || verb === undefined || deeper.length > 0)
      throw new Error(`${path}: a procedure stands in a router, and a router in ours`);
    const [input, ...further] = inputs;
    if (input === undefined || further.length > 0) throw new Error(`${path} must declare one input`);
    const answered = type === 'subscription' ? output?.element : output;
    if (answered === undefined) throw new Error(`${path} must declare its output`);
    const standsFirst = middlewares.some((each) => refusals.includes(each));
    return { path: path as ProcedurePath, group, verb, type, input, output: answered, standsFirst };
  });
}
