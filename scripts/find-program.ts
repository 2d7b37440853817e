import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

interface Wanted {
  /** The value of the variable that names it: then it is that one or none. */
  readonly named: string | undefined;
  readonly names: readonly string[];
  readonly outsideOfPath: readonly string[];
  readonly path: string | undefined;
}

/** A program of this machine: the one that is named, or the first that is on PATH. */
export function findProgram({ named, names, outsideOfPath, path = '' }: Wanted): string | null {
  if (named !== undefined && named !== '') return isAbsolute(named) && isProgram(named) ? named : null;
  const folders = path.split(delimiter).filter(isAbsolute);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...outsideOfPath].find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
