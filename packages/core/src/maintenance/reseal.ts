import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../context.ts';
import { openConfig, sealConfig } from '../factor/sealed-config.ts';
import { formatId } from '../id.ts';
import { sealSettings, unsealSettings } from '../method-configuration/sealed-settings.ts';
import { sealedNow, type Seal } from '../seal.ts';
import { openSecrets, sealSecrets } from '../webhook/secret.ts';
import {
  readConfigurationsToReseal,
  readFactorsToReseal,
  readWebhooksToReseal,
  resealConfiguration,
  resealFactor,
  resealWebhook,
  takeReseal,
  type ReadOld,
} from './statement/reseal.ts';

/** What a run has done. */
export interface Resealed {
  readonly factors: number;
  readonly methods: number;
  readonly webhooks: number;
  /** What does not open, and was left: its secret is not configured any more, or somebody has changed it. */
  readonly unopened: number;
}

const pageSize = 100;
const beforeAll = '00000000-0000-0000-0000-000000000000';
const waitMs = 250;

/**
 * Seals anew what is still sealed under an earlier secret, so that this can be removed (docs/adr/0024-secrets-rotate.md).
 * It runs to the end, beside everything else. What waits for its confirmation stays as it is: the confirmation is bound
 * to its bytes, and both are over half an hour after they began.
 *
 * @returns null when `signal` has ended it.
 */
export async function reseal(services: CoreServices, signal?: AbortSignal): Promise<Resealed | null> {
  const factors = await resealAll(services, factorsOf(services), signal);
  const methods = await resealAll(services, methodsOf(services), signal);
  const webhooks = await resealAll(services, webhooksOf(services), signal);
  if (signal?.aborted) return null;
  const unopened = factors.unopened + methods.unopened + webhooks.unopened;
  return { factors: factors.sealed, methods: methods.sealed, webhooks: webhooks.sealed, unopened };
}

/** Something that is kept sealed: where it lies, and how one of it is opened and sealed. */
interface Kept<Row> {
  readonly purpose: Seal['purpose'];
  readonly read: ReadOld<Row>;
  readonly exchange: typeof resealFactor;
  readonly nameOf: (row: Row) => string;
  readonly sealAnew: (row: Row, config: Buffer) => Buffer;
}

type Old = { readonly id: string; readonly config: Buffer | null };

function factorsOf(services: CoreServices) {
  return kept({
    purpose: 'factor',
    read: readFactorsToReseal,
    exchange: resealFactor,
    nameOf: ({ id }) => formatId('factor', id),
    sealAnew({ id: factorId, subject_id: subjectId }, config) {
      const place = { subjectId, factorId };
      return sealConfig(services, place, openConfig(services, place, config));
    },
  });
}

function methodsOf({ keys, randomness }: CoreServices) {
  return kept({
    purpose: 'method',
    read: readConfigurationsToReseal,
    exchange: resealConfiguration,
    nameOf: ({ id }) => formatId('method', id),
    sealAnew: (row, config) => sealSettings(keys, randomness, row, unsealSettings(keys, { ...row, config })),
  });
}

function webhooksOf({ keys, randomness }: CoreServices) {
  return kept({
    purpose: 'webhook',
    read: readWebhooksToReseal,
    exchange: resealWebhook,
    nameOf: ({ id }) => formatId('webhook', id),
    sealAnew: ({ id }, config) => sealSecrets(keys, randomness, id, openSecrets(keys, id, config)),
  });
}

/** Only for the compiler: what is read is what is sealed. */
function kept<Row extends Old>(kind: Kept<Row>): Kept<Row> {
  return kind;
}

/** Once more as long as something was changed meanwhile: perhaps by a process that has the earlier secret as its active one. */
async function resealAll<Row extends Old>(services: CoreServices, kind: Kept<Row>, signal?: AbortSignal) {
  const unopened = new Set<string>();
  let sealed = 0;
  let missed = 0;
  do {
    const pass = await resealOnce(services, kind, unopened, signal);
    sealed += pass.sealed;
    missed = pass.missed;
  } while (missed > 0 && !signal?.aborted);
  return { sealed, unopened: unopened.size };
}

async function resealOnce<Row extends Old>(
  services: CoreServices,
  kind: Kept<Row>,
  unopened: Set<string>,
  signal?: AbortSignal,
) {
  let [sealed, missed] = [0, 0];
  let after: string | null = beforeAll;
  while (after !== null && !signal?.aborted) {
    const page: PageDone | null = await resealPage(services, kind, { after, unopened, signal });
    if (page === null) await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    else [sealed, missed, after] = [sealed + page.sealed, missed + page.missed, page.last];
  }
  return { sealed, missed };
}

interface PageDone {
  readonly sealed: number;
  /** Changed by somebody else since they were read. */
  readonly missed: number;
  /** Null when it was the last page. */
  readonly last: string | null;
}

interface Place {
  readonly after: string;
  /** What was found not to open; it grows. */
  readonly unopened: Set<string>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Each row by itself: a proof or a change waits for one row of ours at most, and never in a circle. The transaction
 * holds nothing but the lock.
 *
 * @returns null when another process has the lock.
 */
async function resealPage<Row extends Old>(
  services: CoreServices,
  kind: Kept<Row>,
  { after, unopened, signal }: Place,
): Promise<PageDone | null> {
  const { database, keys } = services;
  return await database.transaction(async (db) => {
    const [lock] = await db.query(takeReseal, {});
    if (!lock?.taken) return null;
    const rows = await db.query(kind.read, { after, pageSize, sealedNow: sealedNow(keys, kind.purpose) });
    let [sealed, missed] = [0, 0];
    for (const row of rows) {
      if (signal?.aborted) break;
      const exchange = exchangeFor(services, kind, row, unopened);
      if (exchange === null) continue;
      const exchanged = await database.pool.query(kind.exchange, exchange);
      if (exchanged.length > 0) sealed += 1;
      else missed += 1;
    }
    return { sealed, missed, last: rows.length < pageSize ? null : (rows.at(-1)?.id ?? null) };
  });
}

/** Null where nothing is to be done, and for what does not open: that is said once, and left as it is. */
function exchangeFor<Row extends Old>(
  { logger }: CoreServices,
  { nameOf, sealAnew }: Kept<Row>,
  row: Row,
  unopened: Set<string>,
) {
  const { id, config: old } = row;
  if (old === null) return null;
  try {
    return { id, old, sealed: sealAnew(row, old) };
  } catch (cause) {
    if (!unopened.has(id))
      logger.error({ id: nameOf(row), cause }, 'what an earlier secret has sealed does not open');
    unopened.add(id);
    return null;
  }
}
