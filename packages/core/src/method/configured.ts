import type { Method } from './define.ts';
import { methodIdOf } from './method-id.ts';
import type { MethodRegistry } from './registry.ts';
import { parseId, type Uuid } from '../id.ts';

/** What an operator has configured, opened. */
export interface MethodConfiguration {
  readonly id: Uuid<'method'>;
  readonly key: string;
  readonly title: string;
  readonly settings: Record<string, unknown>;
  readonly isActive: boolean;
  readonly isDefault: boolean;
}

/** A method as this installation offers it. */
export interface ConfiguredMethod extends Omit<MethodConfiguration, 'key'> {
  readonly method: Method;
}

/**
 * Every method of the registry as the operator configured it: one that nobody configured is active, under an id made
 * from its key, so that it is there without any work. Exactly one is the default: the one that the operator chose, or
 * the first that is active. A configuration whose method is no longer registered is not offered.
 */
export function configuredMethods(
  registry: MethodRegistry,
  configurations: readonly MethodConfiguration[],
): readonly ConfiguredMethod[] {
  const ofConfigurations =
    made.get(configurations) ?? new WeakMap<MethodRegistry, readonly ConfiguredMethod[]>();
  made.set(configurations, ofConfigurations);
  const methods = ofConfigurations.get(registry) ?? make(registry, configurations);
  ofConfigurations.set(registry, methods);
  return methods;
}

/** Every call asks for them several times, and they change when the configurations are read anew. */
const made = new WeakMap<
  readonly MethodConfiguration[],
  WeakMap<MethodRegistry, readonly ConfiguredMethod[]>
>();

function make(
  registry: MethodRegistry,
  configurations: readonly MethodConfiguration[],
): readonly ConfiguredMethod[] {
  const ofCode = registry.all.map((method) => {
    const id = codeMethodUuid(method.key);
    const configured = configurations.find((one) => one.id === id && one.key === method.key);
    return { id, title: method.title, settings: {}, isActive: true, isDefault: false, ...configured, method };
  });
  const further = configurations.flatMap((one) => {
    const method = registry.get(one.key);
    return method && one.id !== codeMethodUuid(one.key) ? [{ ...one, method }] : [];
  });
  const all = [...ofCode, ...further];
  const chosen = all.find((one) => one.isDefault && one.isActive) ?? all.find((one) => one.isActive);
  return all.map(({ id, method, title, settings, isActive }) => ({
    id,
    method,
    title,
    settings,
    isActive,
    isDefault: id === chosen?.id,
  }));
}

/** By its id or, of several with one key, the first active one: the one of code before those of the operator. */
export function findConfigured(
  methods: readonly ConfiguredMethod[],
  idOrKey: string,
): ConfiguredMethod | undefined {
  const id = parseId('method', idOrKey);
  if (id !== null) return methods.find((one) => one.id === id);
  const ofKey = methods.filter(({ method }) => method.key === idOrKey);
  return ofKey.find(({ isActive }) => isActive) ?? ofKey[0];
}

/** The UUID of a method that code configures. */
export function codeMethodUuid(key: string): Uuid<'method'> {
  const uuid = uuids.get(key) ?? parseId('method', methodIdOf(key));
  if (uuid === null) throw new Error('a method id is a UUID');
  uuids.set(key, uuid);
  return uuid;
}

/** As many as there are methods in the programs of this process. */
const uuids = new Map<string, Uuid<'method'>>();
