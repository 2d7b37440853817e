import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that are made, not written; as in .gitignore. */
const made = new Set(['node_modules', 'dist', 'coverage', '.git', '.countersign']);

/** Every written file below `root`, by its path from there, in a stable order. */
export function listTree(root: string, folder = ''): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !made.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? listTree(root, path) : [path];
    });
}
