import type { Scope } from './scope/scope.ts';

/** A procedure that a subject may call for itself (the contract, §4), and whether a device may as well (§3). */
interface OwnProcedure {
  readonly path: string;
  readonly letter: 'q' | 'm' | 's';
  readonly device: boolean;
}

/**
 * The rows of the contract's §4 that say “own”, without `factor.*`, `device.register` and `scopedToken.*`: what
 * changes the means of proof, or hands out credentials, a host grants by name. `authorizationRequest.create` is
 * not among them: it is for operations that a client may create, and granted by name as well.
 */
const ownProcedures: readonly OwnProcedure[] = [
  { path: 'authorizationRequest.get', letter: 'q', device: true },
  { path: 'authorizationRequest.list', letter: 'q', device: true },
  { path: 'authorizationRequest.challenge', letter: 'm', device: false },
  { path: 'authorizationRequest.check', letter: 'm', device: false },
  { path: 'authorizationRequest.grant', letter: 'm', device: true },
  { path: 'authorizationRequest.deny', letter: 'm', device: true },
  { path: 'authorizationRequest.cancel', letter: 'm', device: false },
  { path: 'authorizationRequest.reset', letter: 'm', device: false },
  { path: 'authorizationRequest.watch', letter: 's', device: true },
  { path: 'confirmation.request', letter: 'm', device: false },
  { path: 'confirmation.confirm', letter: 'm', device: false },
  { path: 'confirmation.check', letter: 'q', device: false },
  { path: 'device.list', letter: 'q', device: true },
  { path: 'device.setPrimary', letter: 'm', device: false },
  { path: 'device.revoke', letter: 'm', device: false },
  { path: 'event.list', letter: 'q', device: true },
  { path: 'event.stream', letter: 's', device: true },
];

export const presetNames = ['subject', 'device'] as const;
export type PresetName = (typeof presetNames)[number];

/** What a preset opens: each procedure by its full path, so that a later one is not opened with it. */
export const presets: Readonly<Record<PresetName, Scope>> = {
  subject: scopeOfProcedures(ownProcedures),
  device: scopeOfProcedures(ownProcedures.filter(({ device }) => device)),
};

function scopeOfProcedures(procedures: readonly OwnProcedure[]): Scope {
  const paths = (letter: OwnProcedure['letter']): readonly string[] =>
    procedures.filter((procedure) => procedure.letter === letter).map(({ path }) => path);
  return { rpc: { q: paths('q'), m: paths('m'), s: paths('s') } };
}
