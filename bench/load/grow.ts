import pg from 'pg';

/** What a database is given: so many finished requests with everything that belongs to them. */
export interface Growth {
  readonly requests: number;
  /** Of a subject's. */
  readonly requestsPerSubject: number;
  /** Whose finished request they are copies of: the only one in the database. */
  readonly template: string;
}

/** What it came to. */
export interface Grown {
  readonly requests: number;
  readonly events: number;
  readonly eventsInArchive: number;
  readonly megabytes: number;
}

/** Of one transaction. */
const batchSize = 5000;
/** Over so many days they are spread, up to yesterday. */
const days = 60;
/** What is older is in the archive, where there is one. */
const archivedShare = 0.75;

/** How a column of a copy differs from the template's; what is not named is the same, times move along. */
type Differences = Readonly<Record<string, string>>;

/**
 * Copies of one finished request, each with ids, subject and times of its own, its challenge, its proof and its events,
 * inserted past no trigger; the older part of the events where the retention would have moved them by then.
 */
export async function grow(url: string, { requests, requestsPerSubject, template }: Growth): Promise<Grown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const hasArchive = await is(client, "to_regclass('countersign.event_archive') IS NOT NULL");
    const archived = hasArchive ? Math.floor(requests * archivedShare) : 0;
    if (hasArchive) await makeMonths(client);
    const size = Math.min(batchSize, Math.ceil(requests / 4));
    for (let from = 0; from < requests; from += size) {
      const to = Math.min(from + size, requests);
      const isArchived = to <= archived;
      await client.query('BEGIN');
      await client.query(numbers(requests, requestsPerSubject), [from, to - 1]);
      const ids = { subject_id: 'n.subject_id' };
      await copy(client, 'authorization_request', template, 't.subject_id = $1', {
        ...ids,
        id: 'n.id',
        challenge_id: 'n.challenge_id',
        event_txid: 'pg_current_xact_id()',
      });
      await copy(client, 'challenge', template, `t.about_id = ${requestOf}`, {
        id: 'n.challenge_id',
        about_id: 'n.id',
      });
      await copy(client, 'proof', template, 't.subject_id = $1', {
        ...ids,
        request_id: 'n.id',
        challenge_id: 'n.challenge_id',
      });
      await copy(client, 'subject_security', template, 't.subject_id = $1 AND n.is_first', ids);
      await copy(
        client,
        'event',
        template,
        't.subject_id = $1 AND t.about_id = ' + requestOf,
        { ...ids, id: 'uuidv7()', about_id: 'n.id', txid: 'pg_current_xact_id()' },
        isArchived ? 'event_archive' : 'event',
      );
      await client.query('DROP TABLE numbered; COMMIT');
    }
    if (archived > 0) await client.query(noteArchived);
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
    return await count(client, hasArchive);
  } finally {
    await client.end();
  }
}

const requestOf = '(SELECT r.id FROM countersign.authorization_request r WHERE r.subject_id = $1)';

/** One row for each copy of this batch: from $1 to $2. */
function numbers(requests: number, requestsPerSubject: number): string {
  return /* sql */ `
CREATE TEMP TABLE numbered AS
SELECT uuidv7(created_at - clock_timestamp()) AS id, uuidv7(created_at - clock_timestamp()) AS challenge_id, created_at,
  'grown-' || g / ${requestsPerSubject} AS subject_id, g % ${requestsPerSubject} = 0 AS is_first
FROM (SELECT g, now() - interval '${days + 1} days' + g * interval '${days} days' / ${requests} AS created_at
  FROM generate_series($1::int, $2::int) AS g) AS each`;
}

async function copy(
  client: pg.Client,
  table: string,
  template: string,
  where: string,
  differences: Differences,
  into = table,
): Promise<void> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_schema = 'countersign' AND table_name = $1`,
    [table],
  );
  const names = rows.map(({ name }) => name);
  const values = rows.map(({ name, type }) => differences[name] ?? shifted(name, type));
  if (into === 'event_archive') {
    names.push('logged_at');
    values.push(shifted('occurred_at', 'timestamp with time zone'));
  }
  await client.query(
    `INSERT INTO countersign.${into} (${names.join(', ')})
     SELECT ${values.join(', ')} FROM numbered n, countersign.${table} t WHERE ${where}
     ORDER BY n.created_at`,
    [template],
  );
}

function shifted(name: string, type: string): string {
  return type === 'timestamp with time zone'
    ? `t.${name} + (n.created_at - (SELECT r.created_at FROM countersign.authorization_request r WHERE r.subject_id = $1))`
    : `t.${name}`;
}

async function makeMonths(client: pg.Client): Promise<void> {
  await client.query(
    `SELECT countersign.make_archive_month(moment)
     FROM generate_series(now() - interval '${days + 32} days', now(), interval '1 month') AS moment`,
  );
}

const noteArchived = /* sql */ `
UPDATE countersign.installation SET archived_logged_at = last.logged_at,
  archived_until = ROW(last.epoch, last.txid, last.sequence, last.id)::countersign.place
FROM (SELECT * FROM countersign.event_archive ORDER BY epoch DESC, txid DESC, sequence DESC, id DESC LIMIT 1) AS last`;

async function is(client: pg.Client, condition: string): Promise<boolean> {
  const { rows } = await client.query<{ is: boolean }>(`SELECT ${condition} AS is`);
  return rows[0]?.is === true;
}

async function count(client: pg.Client, hasArchive: boolean): Promise<Grown> {
  const archive = hasArchive ? '(SELECT count(*) FROM countersign.event_archive)' : '0';
  const { rows } = await client.query<Grown>(
    `SELECT (SELECT count(*) FROM countersign.authorization_request)::int AS requests,
       ((SELECT count(*) FROM countersign.event) + ${archive})::int AS events,
       ${archive}::int AS "eventsInArchive",
       (pg_database_size(current_database()) / 1048576)::int AS megabytes`,
  );
  const [counted] = rows;
  if (counted === undefined) throw new Error('nothing was counted');
  return counted;
}
