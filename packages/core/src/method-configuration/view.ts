import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { formatId } from '../id.ts';
import type { ConfiguredMethod } from '../method/configured.ts';
import type { MethodView } from './schema.ts';

/** What leaves core of a method, for this actor. */
export function viewOf(configured: ConfiguredMethod, { kind }: Actor): MethodView {
  const { id, method, title, isDefault, isActive } = configured;
  const forAll = {
    id: formatId('method', id),
    key: method.key,
    title,
    isDefault,
    factorSchema: formSchema(method.enrolment?.given ?? null),
  };
  return kind === 'operator' ? { ...forAll, isActive, settingsSchema: formSchema(method.settings) } : forAll;
}

/** Of what is given, not of what it becomes. What JSON Schema cannot say is left open: the method still checks it. */
function formSchema(schema: z.ZodObject | null): unknown {
  return schema && z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
