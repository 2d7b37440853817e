import { Command } from 'commander';
import { redactLine } from '../log/redact.ts';
import type { DevOptions } from './dev.ts';
import { addDoctorCommand } from './doctor/commands.ts';
import { addEventCommands } from './events/commands.ts';
import { addKeyCommands } from './keys/commands.ts';
import type { MigrateOptions } from './migrate.ts';
import type { OpenApiOptions } from './openapi.ts';
import type { ServeOptions } from './serve.ts';
import { addServiceKeyCommands } from './service-key/commands.ts';
import { addTokenCommands } from './token/commands.ts';
import { countersignVersion } from './version.ts';
import { addWebhookCommands } from './webhooks/commands.ts';

/** The `countersign` command. Each subcommand is loaded when it is called, so that none waits for the others. */
export function createProgram(): Command {
  const program = new Command('countersign')
    .description('One dangerous operation, authorized by a human, bound to its exact values, executed once.')
    .version(countersignVersion())
    // What commander cannot place it repeats: it may be a token.
    .configureOutput({ outputError: (text, write) => write(redactLine(text)) });

  listening(program.command('dev'))
    .description('everything on this machine, for development: embedded database, inbox')
    .option('--db <where>', 'a PostgreSQL URL, a directory, or "temporary" (default: .countersign/db)')
    // Whatever comes later: who says "no demo" has said it.
    .option('--demo <module>', 'an application to open beside it', (module, before: unknown) =>
      before === false ? false : module,
    )
    .option('--no-demo', 'without the demo; the inbox and the built-in methods stay')
    .option('--no-open', 'do not open a browser')
    .action(async (options: DevOptions) => (await import('./dev.ts')).dev(options));

  listening(program.command('serve'))
    .description('for production: needs DATABASE_URL, COUNTERSIGN_SECRET and COUNTERSIGN_SERVICE_KEY')
    .option('--db <url>', 'a PostgreSQL URL')
    .addHelpText(
      'after',
      '\nSettings also come from the environment (PORT, HOST, DATABASE_URL, COUNTERSIGN_SECRET, COUNTERSIGN_SERVICE_KEY,\nCOUNTERSIGN_NATS_URL, LOG_LEVEL, …) and from countersign.config.ts: docs/guides/deploy.md',
    )
    .action(async (options: ServeOptions) => (await import('./serve.ts')).serve(options));

  program
    .command('migrate')
    .description('bring the schema "countersign" of the database up to date')
    .option('--db <url>', 'a PostgreSQL URL')
    .option('--check', 'change nothing; exit with 1 when a migration is missing')
    .action(async (options: MigrateOptions) => (await import('./migrate.ts')).migrate(options));

  addKeyCommands(program);
  addServiceKeyCommands(program);
  addTokenCommands(program);
  addWebhookCommands(program);
  addEventCommands(program);
  addDoctorCommand(program);

  program
    .command('openapi')
    .description('print the OpenAPI document of /api/v1, without a server or a database')
    .option('--out <file>', 'write it to this file')
    .option(
      '--server <url>',
      'where clients reach your server (default: publicUrl, or http://localhost:4020)',
    )
    .action(async (options: OpenApiOptions) => (await import('./openapi.ts')).openApi(options));

  return program;
}

function listening(command: Command): Command {
  return command
    .option('--port <number>', 'where to listen (default: 4020, or the next free one)')
    .option('--host <address>', 'default: 127.0.0.1')
    .option('--json', 'structured logs: JSON lines and nothing else');
}
