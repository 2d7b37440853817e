import { presets, type PresetName } from './presets.ts';
import type { Scope } from './scope/scope.ts';

interface Asked {
  readonly scope?: object | undefined;
  readonly preset?: PresetName | undefined;
}

/** The scope that somebody asks for, in full or by the name of a preset; null for neither. */
export function askedScope({ scope, preset }: Asked): Scope | null {
  if (preset !== undefined) return presets[preset];
  return scope === undefined ? null : withoutUndefined(scope);
}

/** A list that was not given is not in the token. */
function withoutUndefined(scope: object): Scope {
  return JSON.parse(JSON.stringify(scope)) as Scope;
}
