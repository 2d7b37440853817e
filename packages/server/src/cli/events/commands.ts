import type { Command } from 'commander';
import { onDatabase } from '../on-database.ts';
import type { TailOptions } from './tail.ts';

/** `countersign events`: the log. */
export function addEventCommands(program: Command): void {
  const events = program.command('events').description('the event log: tail');
  onDatabase(events.command('tail'), 'each event as a line of JSON, and nothing else')
    .description('follow the log, a line an event')
    .option('--types <list>', 'only these: authorization_request.granted,subject.locked')
    .option('--subject <id>', 'only those of this subject')
    .option('--from <place>', 'start, now, or the id of an event to go on after', 'now')
    .action(async (options: TailOptions) => (await import('./tail.ts')).tail(options));
}
