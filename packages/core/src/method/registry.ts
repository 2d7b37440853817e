import { CountersignError } from '../error.ts';
import { methodIdOf } from './method-id.ts';
import type { Method } from './define.ts';
import { z } from 'zod';

/** The methods of one installation, in the order in which they were given; the first is the default. */
export interface MethodRegistry {
  get(key: string): Method | undefined;
  readonly all: readonly Method[];
}

/**
 * @example
 * ```ts
 * const registry = createMethodRegistry([otp({ send })]);
 * ```
 */
export function createMethodRegistry(methods: readonly Method[]): MethodRegistry {
  const byKey = new Map<string, Method>();
  for (const method of methods) {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(method.key))
      throw new TypeError(`method key "${method.key}" must be kebab-case`);
    if (byKey.has(method.key)) throw new TypeError(`two methods have the key "${method.key}"`);
    byKey.set(method.key, method);
  }
  return { get: (key) => byKey.get(key), all: [...byKey.values()] };
}

export const methodView = z
  .object({
    id: z.templateLiteral(['mth_', z.string()]),
    key: z.string(),
    title: z.string(),
    isDefault: z.boolean(),
    factorSchema: z.unknown().describe('JSON Schema of what a subject configures; null when nothing.'),
  })
  .meta({ id: 'Method', description: 'A way of proving that this installation offers.' });
export type MethodView = z.output<typeof methodView>;
export const methodListInput = z.strictObject({ includeInactive: z.boolean().optional() });
export const methodListOutput = z.array(methodView);

/** The methods as a form can show them. */
export function listMethods(registry: MethodRegistry): MethodView[] {
  return registry.all.map((method, index) => ({
    id: methodIdOf(method.key),
    key: method.key,
    title: method.title,
    isDefault: index === 0,
    factorSchema: method.factor ? z.toJSONSchema(method.factor) : null,
  }));
}

export function requireMethod(registry: MethodRegistry, key: string): Method {
  const method = registry.get(key);
  if (!method) throw new CountersignError('method_unavailable');
  return method;
}
