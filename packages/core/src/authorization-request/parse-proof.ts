import type { Method } from '../method/define.ts';
import { requireMethod, type MethodRegistry } from '../method/registry.ts';
import { invalidInputFrom } from '../parse.ts';
import type { ProofInput } from './schema.ts';

/**
 * The proof by the schema of its own method. A wrong shape is `invalid_input` and costs nothing; a method that
 * is not there is `method_unavailable`.
 */
export function parseProof(
  methods: MethodRegistry,
  proof: ProofInput,
): { method: Method; parsed: Record<string, unknown> } {
  const method = requireMethod(methods, proof.method);
  const parsed = method.proof.safeParse(proof);
  if (!parsed.success) throw invalidInputFrom(parsed.error, ['proof']);
  return { method, parsed: parsed.data };
}
