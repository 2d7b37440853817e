import type { Command } from 'commander';
import type { InProcessOptions } from '../in-process/open.ts';
import { onDatabase } from '../on-database.ts';

/** `countersign doctor`: what is wrong, and what to do about it. */
export function addDoctorCommand(program: Command): void {
  onDatabase(program.command('doctor'))
    .description('look at settings, database, log and readers; exit with 1 when something has to be done')
    .action(async (options: InProcessOptions) => (await import('./doctor.ts')).doctor(options));
}
