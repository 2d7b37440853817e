import type { Diagnosis } from '@countersign/core';
import { moment } from '../moment.ts';
import { counted, sized, type Finding } from './finding.ts';

const deadRowsMin = 10_000;
const slotBytesMax = 1024 ** 3;

type Tables = NonNullable<Diagnosis['tables']>;

/** What the database holds, and what keeps it from being tidied. */
export function growthFindings({ tables, oldestEventAt, idleSlots }: Diagnosis): Finding[] {
  const found = tables === null ? [notSeen] : [size(tables, oldestEventAt), ...dead(tables)];
  return [...found, ...slots(idleSlots ?? [])];
}

const notSeen: Finding = {
  name: 'size',
  state: 'note',
  says: 'somebody holds a lock on a table that lets nobody look at it',
  wayOut: 'Wait until it is over, or end it: pg_locks says who has an AccessExclusiveLock.',
};

function size(tables: Tables, oldestEventAt: Date | null): Finding {
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const events = tables.find(({ name }) => name === 'event');
  const oldest = oldestEventAt === null ? 'no event' : `the oldest event of ${moment(oldestEventAt)}`;
  const rows = Math.round(events?.rows ?? 0).toLocaleString('en-US');
  return {
    name: 'size',
    state: 'ok',
    says: `${sized(total)}; the log some ${rows} rows before its archive, ${oldest}`,
  };
}

function dead(tables: Tables): Finding[] {
  return tables
    .filter(({ rows, deadRows }) => deadRows > deadRowsMin && deadRows > rows)
    .map(({ name, deadRows, rows }) => ({
      name: 'dead rows',
      state: 'note',
      says: `countersign.${name} has some ${counted(deadRows, 'dead row')} beside ${rows.toLocaleString('en-US')} others`,
      wayOut: `VACUUM countersign.${name}; when that does not help, a transaction or a slot is held open.`,
    }));
}

function slots(idle: NonNullable<Diagnosis['idleSlots']>): Finding[] {
  return idle.map(({ name, bytes }) => ({
    name: 'slots',
    state: bytes !== null && bytes > slotBytesMax ? 'problem' : 'note',
    says: `nobody reads the replication slot "${name}"${bytes === null ? '' : `, which keeps ${sized(bytes)} of the write-ahead log`}`,
    wayOut: `Start its reader, or SELECT pg_drop_replication_slot('${name}').`,
  }));
}
