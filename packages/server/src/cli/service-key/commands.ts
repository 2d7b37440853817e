import type { Command } from 'commander';
import type { InProcessOptions } from '../in-process/open.ts';
import { onDatabase } from '../on-database.ts';
import { onlyKnownCommands } from '../only-known-commands.ts';
import type { CreateOptions } from './create.ts';

/** `countersign service-key`: the credentials of services and operators. */
export function addServiceKeyCommands(program: Command): void {
  const keys = onlyKnownCommands(program.command('service-key')).description(
    'the credentials of services and operators: list, create, revoke',
  );
  onDatabase(keys.command('list', { isDefault: true }))
    .description('which there are and were, newest first')
    .action(async (options: InProcessOptions) => (await import('./list.ts')).list(options));
  onDatabase(keys.command('create'))
    .description('make one; it is shown once, alone on standard output')
    .requiredOption('--title <text>', 'what it is for')
    .option('--role <role>', '"service" or "operator"', 'service')
    .option('--expires-in <duration>', 'such as 30d (default: until it is revoked)')
    .action(async (options: CreateOptions) => (await import('./create.ts')).create(options));
  onDatabase(keys.command('revoke <id>'))
    .description('end one for ever')
    .action(async (id: string, options: InProcessOptions) =>
      (await import('./revoke.ts')).revoke(id, options),
    );
}
