import type { EffectiveScope, Scope } from '@countersign/core/scoped-token';

/**
 * What a scope says of our own procedures. A grant with a wildcard for its first segment, `*.list`, was written for
 * the router of a host; only by everything, `**`, which has to be asked for by name, ours are meant as well.
 */
export function scopeOverOurs(scope: EffectiveScope): EffectiveScope {
  const known = narrowed.get(scope);
  if (known !== undefined) return known;
  const ours: EffectiveScope = isLayers(scope) ? scope.map(layerOverOurs) : layerOverOurs(scope);
  narrowed.set(scope, ours);
  return ours;
}

/** A scope is asked for every call of its token. */
const narrowed = new WeakMap<object, EffectiveScope>();

function layerOverOurs({ rpc, http }: Scope): Scope {
  const { q, m, s } = rpc ?? {};
  return { rpc: { q: literal(q), m: literal(m), s: literal(s) }, ...(http && { http }) };
}

function literal(grants: readonly string[] = []): readonly string[] {
  return grants.filter((grant) => !grant.startsWith('*.'));
}

function isLayers(scope: EffectiveScope): scope is readonly Scope[] {
  return Array.isArray(scope);
}
