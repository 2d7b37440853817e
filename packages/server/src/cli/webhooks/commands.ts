import type { Command } from 'commander';
import { onDatabase } from '../on-database.ts';
import type { ListenOptions } from './listen.ts';

/** `countersign webhooks`: for who writes a receiver of them. */
export function addWebhookCommands(program: Command): void {
  const webhooks = program.command('webhooks').description('webhooks, for whoever writes a receiver of them');
  onDatabase(webhooks.command('listen'), 'JSON lines and nothing else')
    .description('forward each event from now on to a receiver on this machine, signed; not for production')
    .requiredOption('--forward-to <url>', 'such as http://localhost:3000/hook')
    .option('--types <list>', 'only these: authorization_request.granted,subject.locked')
    .option('--secret <secret>', 'whsec_… to sign with (default: a new one, which is shown)')
    .action(async (options: ListenOptions) => (await import('./listen.ts')).listen(options));
}
