import type { Diagnosis, Figures } from '@countersign/core';
import { lasting, type Finding } from './finding.ts';

/** No call of ours keeps a transaction open for as long. */
const lateSeconds = 5;
const grants = (role: string) => `GRANT pg_read_all_stats TO "${role.replaceAll('"', '""')}"`;

/**
 * Whether the log shows what was written, and who holds it up: it waits for the oldest writing transaction of the whole
 * cluster, whatever database that is in.
 */
export function logFinding(diagnosis: Diagnosis, { logHorizonLagSeconds: lag }: Figures): Finding {
  const { openTransactions, preparedTransactions, server, epoch } = diagnosis;
  const name = 'log';
  const waits =
    lag >= lateSeconds ? `the log is ${lasting(lag)} behind: it waits for` : 'the log has to wait for';
  const [prepared] = preparedTransactions ?? [];
  const [process] = openTransactions ?? [];
  if (prepared !== undefined && prepared.seconds >= lateSeconds) {
    const id = `'${prepared.name.replaceAll("'", "''")}'`;
    return {
      name,
      state: 'problem',
      says: `${waits} the transaction ${id}, prepared ${lasting(prepared.seconds)} ago by ${prepared.role} in the database ${prepared.database}`,
      wayOut: `In that database: COMMIT PREPARED ${id} or ROLLBACK PREPARED ${id}.`,
    };
  }
  if (process !== undefined && (lag >= lateSeconds || (process.seconds ?? 0) >= lateSeconds)) {
    const { pid, applicationName, database, role, state, seconds } = process;
    const since = seconds === null ? '' : ` for ${lasting(seconds)}`;
    const doing =
      state === null ? `which ${server.role} may not look into` : `${state}, in its transaction${since}`;
    const called = applicationName ? ` "${applicationName}"` : '';
    return {
      name,
      state: 'problem',
      says: `${waits} process ${pid}${called}, ${role ?? 'nobody'} in the database ${database ?? '(none)'}, ${doing}`,
      wayOut: `End it: SELECT pg_terminate_backend(${pid}). So that it ends by itself: ${limitOf(state)}.${state === null ? ` To see more: ${grants(server.role)}.` : ''}`,
    };
  }
  if (lag >= lateSeconds)
    return {
      name,
      state: 'problem',
      says: `the log is ${lasting(lag)} behind, and who holds it up cannot be seen`,
      wayOut: `Let this role see it: ${grants(server.role)}.`,
    };
  const blind =
    openTransactions === null || preparedTransactions === null
      ? { wayOut: `Not every transaction can be seen: ${grants(server.role)}.` }
      : {};
  return { name, state: 'ok', says: `nothing holds it up; epoch ${epoch}`, ...blind };
}

/** One that works is ended only by the limit of the whole transaction. */
function limitOf(state: string | null): string {
  return state === 'active'
    ? "ALTER ROLE … SET transaction_timeout = '30s' (PostgreSQL 17 or newer)"
    : "ALTER ROLE … SET idle_in_transaction_session_timeout = '5s'";
}
