import type { DemoSurroundings, OpenDemo } from '@countersign/server';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bank } from './bank.ts';
import { openBankDatabase } from './database.ts';
import { personIds } from './directory.ts';
import { exclusively } from './exclusively.ts';
import { keepFactors } from './factors/keep-factors.ts';
import { createHandler } from './handler.ts';
import { openPages } from './pages/open-pages.ts';
import { createAppRouter } from './router.ts';
import { isSeeded, seed } from './seed.ts';
import { readRegion } from './source-region.ts';
import { summarize } from './summary.ts';
import { createWords } from './words.ts';

/** Opens the bank beside Countersign, on the same database. */
export async function openBank(surroundings: DemoSurroundings): Promise<OpenDemo> {
  const { cs, database, keyFor, send, tell, note, logger } = surroundings;
  const orm = await openBankDatabase(database);
  try {
    const service = cs.createCaller({ kind: 'service' });
    const bank: Bank = { cs, orm, service, key: keyFor('keepsakes'), send, tell, logger };
    await exclusively(orm, () => makeFirstData(bank));
    // After the data, which hashes slowly on purpose: a build beside it would make that much slower.
    const pages = await openPages({ folder: dirname(dirname(fileURLToPath(import.meta.url))), note });
    const guarded = await Promise.all([
      readRegion('What is guarded', 'operations.ts', 'operation'),
      readRegion('The guard', 'server/procedures/transfer.ts', 'guard'),
    ]);
    return {
      summary: await summarize(bank),
      doors: pages === null ? [] : doors,
      paths: ['/', '/phone', '/split', '/bank/*'],
      handler: createHandler(bank, createAppRouter(bank, guarded), pages),
      words: createWords(service),
      close: () => orm.close(true),
    };
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}

async function makeFirstData(bank: Bank): Promise<void> {
  if (!(await isSeeded(bank.orm.em.fork()))) {
    await assertNobodyIsHere(bank);
    await seed(bank.orm.em.fork());
  }
  await keepFactors(bank);
}

/** In a developer's own database "ada" may be somebody; a demo takes nothing away from them. */
async function assertNobodyIsHere({ service }: Bank): Promise<void> {
  for (const subjectId of personIds)
    if ((await service.factor.list({ subjectId })).length > 0)
      throw new Error(`this database knows a subject "${subjectId}" already, and they are not of the demo`);
}

const doors = [
  { name: 'Try it', path: '/', what: 'Acme Bank, signed in as Ada' },
  { name: 'Phone', path: '/phone', what: 'open beside the bank' },
  { name: 'Both', path: '/split', what: 'bank and phone side by side' },
] as const;
