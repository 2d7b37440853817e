import type { Command } from 'commander';
import type { InProcessOptions } from '../in-process/open.ts';
import { onDatabase } from '../on-database.ts';
import { onlyKnownCommands } from '../only-known-commands.ts';

/** `countersign keys`: the keys that sign scoped tokens. */
export function addKeyCommands(program: Command): void {
  const keys = onlyKnownCommands(program.command('keys')).description(
    'the keys of scoped tokens: list, rotate, revoke',
  );
  onDatabase(keys.command('list', { isDefault: true }))
    .description('which there are, and what they do')
    .action(async (options: InProcessOptions) => (await import('./list.ts')).list(options));
  onDatabase(keys.command('rotate'))
    .description('let the next key mint; valid tokens stay valid')
    .action(async (options: InProcessOptions) => (await import('./rotate.ts')).rotate(options));
  onDatabase(keys.command('revoke <kid>'))
    .description('end a key at once, with every token it has minted')
    .action(async (kid: string, options: InProcessOptions) =>
      (await import('./revoke.ts')).revoke(kid, options),
    );
}
