import { httpMethods, procedureLetters, scopesOf, type EffectiveScope, type Scope } from './scope.ts';

/**
 * Whether a scope opens everything that another one opens: each wanted grant lies within one grant of the same
 * surface and type, in every layer. Sound, so that nothing wider passes; a wanted grant that only several grants
 * open together counts as wider.
 *
 * `invoice.*` covers `invoice.list` and `invoice.*`, not `invoice.**`; `/api/**` covers `/api`, `/api/v1/*` and
 * `/api/v1/**`, not `/**`.
 */
export function coversScope(scope: EffectiveScope, wanted: Scope): boolean {
  const layers = scopesOf(scope);
  return layers.length > 0 && layers.every((layer) => coversLayer(layer, wanted));
}

function coversLayer(layer: Scope, wanted: Scope): boolean {
  return (
    procedureLetters.every((letter) =>
      coversGrants(layer.rpc?.[letter] ?? [], wanted.rpc?.[letter] ?? [], coversProcedure),
    ) &&
    httpMethods.every((method) =>
      coversGrants(layer.http?.[method] ?? [], wanted.http?.[method] ?? [], coversHttp),
    )
  );
}

type Covers = (granted: string, wanted: string) => boolean;

function coversGrants(granted: readonly string[], wanted: readonly string[], covers: Covers): boolean {
  return wanted.every((grant) => granted.some((wider) => covers(wider, grant)));
}

/** Whether a grant of procedures opens every path that another one opens. */
export function coversProcedure(granted: string, wanted: string): boolean {
  return coversSegments(granted.split('.'), wanted.split('.'), 1);
}

/** The same of HTTP paths. */
export function coversHttp(granted: string, wanted: string): boolean {
  return coversSegments(granted.split('/'), wanted.split('/'), 0);
}

/** As `fitsSegments`, but for all paths that the wanted segments fit. */
function coversSegments(granted: readonly string[], wanted: readonly string[], tailMin: 0 | 1): boolean {
  for (const [index, grant] of granted.entries()) {
    const asked = wanted[index];
    if (grant === '**') return asked === '**' || wanted.length >= index + tailMin;
    if (asked === undefined || !coversSegment(grant, asked)) return false;
  }
  return granted.length === wanted.length;
}

/** `*` is not empty, and the tail is more than any one segment. */
function coversSegment(grant: string, asked: string): boolean {
  if (grant === '*') return asked !== '' && asked !== '**';
  return grant === asked;
}
