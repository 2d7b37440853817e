import type { Diagnosis } from '@countersign/core';
import type { Finding } from './finding.ts';

/** That with which everything is tested. */
const versionTested = 18;
const clockNoteMilliseconds = 500;
const clockProblemMilliseconds = 2000;

/** Whether the database keeps what it says, and lets everybody in. */
export function databaseFindings(diagnosis: Diagnosis): Finding[] {
  return [
    server(diagnosis),
    durability(diagnosis),
    connections(diagnosis),
    clock(diagnosis),
    notifications(diagnosis),
  ];
}

function server({ server: { version, versionNumber, isStandby } }: Diagnosis): Finding {
  const name = 'database';
  const says = `PostgreSQL ${version}, schema up to date`;
  if (isStandby)
    return {
      name,
      state: 'problem',
      says: `PostgreSQL ${version} is a standby: it takes no writes`,
      wayOut: 'Name the primary in DATABASE_URL.',
    };
  if (Math.floor(versionNumber / 10_000) >= versionTested) return { name, state: 'ok', says };
  const wayOut = `Countersign is tested on PostgreSQL ${versionTested}: plan the upgrade.`;
  return { name, state: 'note', says, wayOut };
}

function durability({ server: { fsync, fullPageWrites, synchronousCommit } }: Diagnosis): Finding {
  const off = [
    ...(fsync ? [] : ['fsync']),
    ...(fullPageWrites ? [] : ['full_page_writes']),
    ...(synchronousCommit === 'off' ? ['synchronous_commit'] : []),
  ];
  if (off.length === 0)
    return {
      name: 'durability',
      state: 'ok',
      says: `commits are kept (synchronous_commit ${synchronousCommit})`,
    };
  return {
    name: 'durability',
    state: 'problem',
    says: `${off.join(' and ')} is off: a crash can lose what was decided, and a grant could be used twice`,
    wayOut: `Set ${off.map((setting) => `${setting} = on`).join(', ')} in postgresql.conf, and for this role and database.`,
  };
}

function connections({ server: { connectionsUsed, connectionsMax }, poolMax }: Diagnosis): Finding {
  const left = connectionsMax - connectionsUsed;
  const says = `${connectionsUsed} of ${connectionsMax} connections in use; a process takes up to ${poolMax}, and one to listen`;
  const name = 'connections';
  if (left > poolMax) return { name, state: 'ok', says };
  const wayOut = 'Raise max_connections, or lower pool.max of the setting database.';
  return { name, state: left > 2 ? 'note' : 'problem', says, wayOut };
}

function clock({ clockAheadMilliseconds: ahead, isTooFarAhead }: Diagnosis): Finding {
  const name = 'clock';
  const apart = Math.abs(ahead);
  const amount = apart < 2000 ? `${apart} ms` : `${Math.round(apart / 1000)} s`;
  const stops = isTooFarAhead ? ', from which nothing is archived or deleted while it is so' : '';
  const says = `the database is ${amount} ${ahead < 0 ? 'behind' : 'ahead of'} this machine${stops}`;
  if (apart < clockNoteMilliseconds) return { name, state: 'ok', says };
  const wayOut =
    'Let a time service (NTP) set the clock of every machine: what one takes for expired another may take.';
  return { name, state: apart < clockProblemMilliseconds ? 'note' : 'problem', says, wayOut };
}

function notifications({ notifications: hearing }: Diagnosis): Finding {
  const name = 'listen';
  if (hearing === 'hears') return { name, state: 'ok', says: 'notifications arrive' };
  return {
    name,
    state: 'note',
    says:
      hearing === 'deaf'
        ? 'LISTEN is answered, but notifications do not arrive: other processes are heard a quarter of a second late'
        : 'no connection for LISTEN could be had: other processes are heard a quarter of a second late',
    wayOut: 'Connect without a pooler that shares connections between transactions, or set listen: false.',
  };
}
