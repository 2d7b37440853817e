import pg from 'pg';
import { openCore } from '../../src/index.ts';
import { everyEvent as wholeLog } from '../../src/event/filter.ts';
import { readAfter } from '../../src/event/read.ts';
import { logStart, type Position } from '../../src/event/position.ts';
import { enter, everyEvent } from './ledger.ts';

/** What a process is asked to run: our subscriber, or one of those that others build. */
export interface NodeOrder {
  readonly url: string;
  readonly secret: string;
  readonly kind: 'durable' | 'noted afterwards' | 'noted before';
}

/** A process that is killed: so slow that a kill often meets it between an effect and its place. */
const { url, secret, kind } = JSON.parse(process.argv[2] ?? '') as NodeOrder;
const core = await openCore({ database: url, secret, methods: [], migrate: false, sweep: false });
const slowly = () => new Promise((resolve) => setTimeout(resolve, 3));

if (kind === 'durable') {
  core.subscriber.start({
    ...everyEvent,
    batchSizeMax: 5,
    async handle(rows, batch) {
      for (const row of rows) {
        await enter([row], batch);
        await slowly();
      }
    },
  });
} else await followNaively();
process.send?.('running');

/** A place that is kept, but not in the transaction of the effects. */
async function followNaively(): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const context = core.context({ kind: 'service' });
  const next = async (): Promise<void> => {
    const { rows: kept } = await pool.query<{ place: Position }>('SELECT place FROM public.naive_place');
    const { rows, end } = await readAfter(context.db, wholeLog, kept[0]?.place ?? logStart, 5);
    const note = () => end && pool.query('UPDATE public.naive_place SET place = $1', [JSON.stringify(end)]);
    if (kind === 'noted before') await note();
    const batch = { tx: await pool.connect() };
    for (const row of rows) {
      await enter([row], batch as never);
      await slowly();
    }
    batch.tx.release();
    if (kind === 'noted afterwards') await note();
    setTimeout(() => void next(), 5);
  };
  void next();
}
