import { z } from 'zod';
import { defineMethod, otp, type CoreContext, type CoreOptions, type Method } from '../../src/index.ts';
import { openNodes as openCores, type Node, type Nodes } from '../scoped-token/stored/two-nodes.ts';

/** What an operator configures of the fax machine, with a secret in it. */
export const faxConfig = { account: 'acme', apiKey: 'canary-of-the-carrier' };

/** A method with settings: a secret, and a moment that JSON has only as text. */
export const fax = defineMethod({
  key: 'fax',
  title: 'Fax',
  binding: 'server',
  factor: z.strictObject({ number: z.string() }),
  settings: z.strictObject({
    account: z.string().min(1),
    apiKey: z.string().min(8),
    since: z.coerce.date().default(new Date(0)),
  }),
  proof: z.strictObject({ code: z.string() }),
  recipientOf: ({ number }) => ({ channel: 'fax', address: number }),
  issue: () => ({ secret: '12345678', message: '12345678' }),
  verify: ({ proof, matches }) => ({ valid: matches(proof.code) }),
});

export const twoMethods: readonly Method[] = [otp({ send: async () => undefined }), fax];

export interface MethodNodes extends Omit<Nodes, 'open'> {
  open(options?: Partial<CoreOptions>): Promise<Node>;
}

/** Nodes that offer a one-time code, which is the default, and fax. */
export async function openNodes(): Promise<MethodNodes> {
  const nodes = await openCores();
  return { ...nodes, open: (options = {}) => nodes.open({ methods: twoMethods, ...options }) };
}

export function operatorOf({ core }: Node): CoreContext {
  return core.context({ kind: 'operator', keyId: 'key_first' });
}

/** What an operator sees of all methods. */
export async function listAll(node: Node): ReturnType<Node['core']['method']['list']> {
  return await node.core.method.list(operatorOf(node), { includeInactive: true });
}
