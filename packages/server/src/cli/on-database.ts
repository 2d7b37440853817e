import type { Command } from 'commander';

/** What every command has that works on the database in its own process. */
export function onDatabase(command: Command, json = 'one JSON object and nothing else'): Command {
  return command
    .option(
      '--db <url>',
      'a PostgreSQL URL (default: DATABASE_URL, or the development server of this folder)',
    )
    .option('--json', json);
}
