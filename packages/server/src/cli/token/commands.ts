import type { Command } from 'commander';
import { onDatabase } from '../on-database.ts';
import type { InspectOptions } from './inspect.ts';
import type { IssueOptions } from './issue.ts';
import type { RevokeOptions } from './revoke.ts';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `countersign token`: scoped tokens, from the command line. */
export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('scoped tokens: issue, inspect, revoke');
  onDatabase(token.command('issue'))
    .description('make one; it is shown once, alone on standard output')
    .requiredOption('--subject <id>', 'whose rights it narrows')
    .option('--preset <name>', 'what it opens: "subject" or "device"; or --scope')
    .option(
      '--scope <grant>',
      'what it opens, as often as needed: rpc:q:event.*, http:GET,HEAD:/api/v1/**',
      collect,
    )
    .option('--max-age <duration>', 'such as 15m; 24h at most (default: 1h)')
    .option('--recipient <text>', 'for whom it is made, for tracking only')
    .option('--session <id>', 'the session it belongs to, and is revoked with')
    .option('--request <areq_…>', 'a granted authorization request that pays for one call')
    .action(async (options: IssueOptions) => (await import('./issue.ts')).issue(options));
  onDatabase(token.command('inspect [token]'))
    .description('what one says; without an argument it is read from standard input, which leaves no trace')
    .option('--verify', 'ask the database whether it is ours, in its time and not revoked')
    .action(async (text: string | undefined, options: InspectOptions) =>
      (await import('./inspect.ts')).inspect(text, options),
    );
  onDatabase(token.command('revoke [id]'))
    .description('end a token by its id (cst_…), or all of a session, a subject or a paying request')
    .option('--delegate <name>', 'of the token, only what this delegate holds')
    .option('--session <id>', 'every token of this session')
    .option('--subject <id>', 'every token of this subject issued so far')
    .option('--request <areq_…>', 'every token that carries this request to pay with it')
    .action(async (id: string | undefined, options: RevokeOptions) =>
      (await import('./revoke.ts')).revoke(id, options),
    );
}
