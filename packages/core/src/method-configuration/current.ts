import type { CoreServices, MethodConfigurations } from '../context.ts';
import { CountersignError } from '../error.ts';
import { formatId } from '../id.ts';
import { keepCurrent } from '../keep-current.ts';
import type { MethodConfiguration } from '../method/configured.ts';
import { openConfiguration } from './open.ts';
import type { MethodConfigurationRow } from './row.ts';
import { readConfigurations } from './statement/read.ts';

type Needed = Pick<CoreServices, 'clock' | 'database' | 'keys' | 'logger' | 'methods'>;

/** What operators have configured, kept up to date from its first use on; nothing is read, and nothing polls, before. */
export function createMethodConfigurations(
  services: Needed,
): MethodConfigurations & { close(): Promise<void> } {
  const { database, logger } = services;
  const unreadable = new Set<string>();
  let known: readonly MethodConfiguration[] = [];

  /** Said once, not at every pass: a secret was removed, or the schema of a method's settings has changed. */
  function sayUnreadable({ id }: MethodConfigurationRow): void {
    if (unreadable.has(id)) return;
    unreadable.add(id);
    logger.error(
      { methodId: formatId('method', id) },
      'a configured method cannot be opened; it is inactive',
    );
  }

  const current = keepCurrent(services, {
    async read() {
      const rows = await database.pool.query(readConfigurations, {});
      known = rows.map((row) => openConfiguration(services, row, sayUnreadable));
    },
    failure: 'configured methods cannot be read; trying again',
  });

  return {
    async current() {
      if (await current.isCurrent()) return known;
      throw new CountersignError('unavailable_dependency', {
        cause: new Error('the configured methods are not known'),
      });
    },
    refresh: () => current.refresh(),
    close: () => current.close(),
  };
}
