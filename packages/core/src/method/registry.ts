import { CountersignError } from '../error.ts';
import type { Method } from './define.ts';

/** The methods of one installation, in the order in which they were given. */
export interface MethodRegistry {
  get(key: string): Method | undefined;
  readonly all: readonly Method[];
}

/**
 * A process can have several; each installation that it opens is given one.
 *
 * @example
 * ```ts
 * const registry = createMethodRegistry([otp({ send })]);
 * ```
 * @throws TypeError when a key is no kebab-case, or given twice.
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

export function requireMethod(registry: MethodRegistry, key: string): Method {
  const method = registry.get(key);
  if (!method) throw new CountersignError('method_unavailable');
  return method;
}
