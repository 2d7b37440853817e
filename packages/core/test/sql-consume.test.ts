import type { ClientBase } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataHash } from '../src/index.ts';
import { canonicalData } from '../src/operation/canonical.ts';
import { findViolations, openTestCore, type TestCore } from '../testing/index.ts';
import { createTransfer, rightProof, transferData } from './fixtures.ts';
import { count, look, numbered } from './race/look.ts';
import {
  consumeInSql,
  createHostRole,
  transferText,
  verdictOf,
  type HostRole,
  type SqlConsumption,
} from './sql-consume/host-role.ts';
import { createNaive } from './sql-consume/naive.ts';

let test: TestCore;
let host: HostRole;
let subjects = 0;

beforeAll(async () => {
  test = await openTestCore();
  host = await createHostRole(test.database);
  await test.database.sql.query(
    `CREATE TABLE ${host.name}.ledger (request_id text); ALTER TABLE ${host.name}.ledger OWNER TO ${host.name}`,
  );
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

interface Granted extends SqlConsumption {
  readonly id: string;
  readonly subjectId: string;
}

/** A granted transfer of a subject of its own. */
async function grant(changes: Parameters<typeof createTransfer>[1] = {}): Promise<Granted> {
  const subjectId = changes.subjectId ?? `ada-${(subjects += 1)}`;
  const { id, sessionId } = await createTransfer(test, { ...changes, subjectId });
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test, subjectId) });
  return { id, subjectId, sessionId };
}

const consume = (asked: SqlConsumption, name?: string) => consumeInSql(host.pool, asked, name);
const verdict = (asked: SqlConsumption, name?: string) => verdictOf(consume(asked, name));

describe('the receipt of countersign.consume', () => {
  it('says of the row and in the log what the consumption by core says', async () => {
    const inSql = await grant({ sessionId: 's1' });
    const inCore = await grant({ sessionId: 's1' });
    const row = await consume(inSql);
    const { receipt } = await test.core.authorizationRequest.consume(test.service, {
      id: inCore.id,
      slug: 'transfer',
      subjectId: inCore.subjectId,
      sessionId: 's1',
      data: transferData,
    });
    expect(row).toEqual({
      authorization_request_id: inSql.id,
      slug: receipt.slug,
      subject_id: inSql.subjectId,
      session_id: receipt.sessionId,
      data_hash: receipt.dataHash,
      display_hash: receipt.displayHash,
      binding: receipt.binding,
      granted_at: receipt.grantedAt,
      consumed_at: expect.any(Date) as Date,
    });
    expect(Object.keys(row).map(camel)).toEqual(Object.keys(receipt));
    const said = await Promise.all([inSql, inCore].map(eventOf));
    expect(said[0]).toEqual(said[1]);
    expect(said[0]).toMatchObject({ type: 'authorization_request.consumed', data: { by: 'service' } });

    async function eventOf({ id, subjectId }: Granted): Promise<unknown> {
      const { items } = await test.events(test.service, {
        subjectId,
        types: ['authorization_request.consumed'],
      });
      expect(items).toHaveLength(1);
      const { id: _id, occurredAt: _at, ...event } = items[0] as Record<string, unknown>;
      return JSON.parse(JSON.stringify(event).replaceAll(id, 'areq').replaceAll(subjectId, 'subject'));
    }
  });

  it('is the same by the order of the parameters, and each request is in the log once', async () => {
    const { id, subjectId } = await grant();
    const { rows } = await host.pool.query(
      `SELECT (countersign.consume($1, 'transfer', $2, $3)).consumed_at`,
      [id, subjectId, transferText],
    );
    expect(rows).toHaveLength(1);
    const { events } = await look(test.database.sql, id);
    expect({ consumed: count(events, 'consumed'), numbered: numbered(events) }).toEqual({
      consumed: 1,
      numbered: true,
    });
  });

  it('takes nothing when a careless query asks for its columns one by one', async () => {
    const granted = await grant();
    const expanded = host.pool.query(
      `SELECT (countersign.consume(id => $1, slug => 'transfer', subject_id => $2, data => $3)).*`,
      [granted.id, granted.subjectId, transferText],
    );
    expect(await verdictOf(expanded)).toBe('CS104 already_consumed');
    expect(await verdict(granted)).toBe('consumed');
  });
});

const camel = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('countersign.consume refuses', () => {
  it('in the order of the contract, each with a code of its own', async () => {
    const subjectId = 'ordered';
    const { id } = await createTransfer(test, { subjectId, sessionId: 's1' });
    const right = { id, subjectId, sessionId: 's1' };
    const altered = '{"to": "GB29", "amountCents": 250001}';
    const asked = (changes: Partial<SqlConsumption>) => verdict({ ...right, ...changes });

    expect(await asked({ id: 'areq_0' })).toBe('CS101 not_found');
    expect(await asked({ subjectId: 'bob', data: altered })).toBe('CS101 not_found');
    expect(await asked({ sessionId: 's2', data: altered })).toBe('CS101 not_found');
    expect(await asked({ sessionId: null })).toBe('CS101 not_found');
    expect(await asked({ data: altered })).toBe('CS102 data_mismatch');
    expect(await asked({ slug: 'payout' })).toBe('CS102 data_mismatch');
    expect(await asked({})).toBe('CS103 not_granted');
    await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test, subjectId) });
    expect(await asked({ data: altered })).toBe('CS102 data_mismatch');
    expect(await asked({})).toBe('consumed');
    expect(await asked({})).toBe('CS104 already_consumed');
    expect(await asked({ data: altered })).toBe('CS102 data_mismatch');
  });

  it('what is missing: no id, no subject, no operation, no data is somebody’s or anything', async () => {
    const granted = await grant();
    expect(await verdict({ ...granted, id: null })).toBe('CS101 not_found');
    expect(await verdict({ ...granted, subjectId: null })).toBe('CS101 not_found');
    expect(await verdict({ ...granted, slug: null })).toBe('CS102 data_mismatch');
    expect(await verdict({ ...granted, data: null })).toBe('CS102 data_mismatch');
    const empty = await grant({ data: null });
    expect(await verdict({ ...empty, data: null })).toBe('CS102 data_mismatch');
    expect(await verdict({ ...empty, data: 'null' })).toBe('consumed');
  });

  it.each(['denied', 'cancelled', 'expired'] as const)('a request that is %s', async (state) => {
    const subjectId = `who-${state}`;
    if (state === 'expired') test.clock.advance(-600);
    const { id } = await createTransfer(test, { subjectId });
    if (state === 'expired') test.clock.advance(600);
    if (state === 'denied') await test.core.authorizationRequest.deny(test.service, { id });
    if (state === 'cancelled') await test.core.authorizationRequest.cancel(test.service, { id });
    await expect(consume({ id, subjectId })).rejects.toMatchObject({
      code: 'CS103',
      message: 'not_granted',
      detail: `The authorization request was not granted, it is ${state}.`,
    });
  });

  it('what nobody executed in time, by the clock of the database', async () => {
    test.clock.advance(-600);
    const late = await grant();
    test.clock.advance(600);
    expect(await verdict(late)).toBe('CS105 execution_window_passed');
    expect(await verdict({ ...late, data: '{}' })).toBe('CS102 data_mismatch');
  });

  it('an update that waited for its row until the window had passed', async () => {
    const started = test.clock.now();
    test.clock.set(new Date(Date.now() - 297_500));
    const granted = await grant(); // for two seconds and a half more
    test.clock.set(started);
    const holder = await host.connect();
    await holder.query('BEGIN');
    await consumeInSql(holder, granted);
    const waiting = verdict(granted);
    const hasPassed = async (): Promise<unknown> => {
      const { rows } = await test.database.sql.query(
        `SELECT FROM countersign.authorization_request WHERE subject_id = $1 AND execute_before < clock_timestamp()
         AND EXISTS (SELECT FROM pg_stat_activity WHERE usename = $2 AND wait_event_type = 'Lock')`,
        [granted.subjectId, host.name],
      );
      return rows.length;
    };
    await expect.poll(hasPassed, { timeout: 10_000 }).toBe(1);
    await holder.query('ROLLBACK');
    expect(await waiting).toBe('CS105 execution_window_passed');
  });

  it('every spelling of an id but the one that was given', async () => {
    const granted = await grant();
    const { id } = granted;
    const others = [
      id.toUpperCase(),
      `areq_${id.slice(5).toUpperCase()}`,
      ` ${id}`,
      `${id}\n`,
      `${id}0`,
      id.slice(0, -1),
      id.slice(5),
      id.replace('areq_', 'chal_'),
      id.replace('areq_', 'areq-'),
      // The same 128 bits with a stray one behind them.
      id.slice(0, -1) + nextLetter(id),
      '',
      "areq_'; DROP TABLE countersign.event; --",
    ];
    for (const other of others)
      expect(await verdict({ ...granted, id: other }), other).toBe('CS101 not_found');
    expect(await verdict(granted)).toBe('consumed');

    function nextLetter(text: string): string {
      const letters = '0123456789abcdefghjkmnpqrstvwxyz';
      return letters.charAt(letters.indexOf(text.slice(-1)) + 1);
    }
  });

  it('text that is SQL: it is compared, not run', async () => {
    const granted = await grant();
    const hostile = [`${granted.subjectId}' OR '1'='1`, `'; SELECT 1; --`, '$body$ $body$', '\\'];
    for (const text of hostile) {
      expect(await verdict({ ...granted, subjectId: text })).toBe('CS101 not_found');
      expect(await verdict({ ...granted, slug: text })).toBe('CS102 data_mismatch');
      expect(await verdict({ ...granted, data: JSON.stringify(text) })).toBe('CS102 data_mismatch');
    }
    const bound = await grant({ sessionId: "s'1" });
    expect(await verdict({ ...bound, sessionId: "s'1' OR '1'='1" })).toBe('CS101 not_found');
    expect(await verdict(bound)).toBe('consumed');
  });
});

describe('countersign.consume compares data by value', () => {
  const same: [string, unknown, string][] = [
    ['keys in another order', { a: 1, b: { c: 2, d: 3 } }, '{"b":{"d":3,"c":2},"a":1}'],
    ['white space', { a: [1, 2] }, '{ "a" : [ 1 ,\n2 ] }'],
    ['a number with a fraction of zeros', { n: 250_000 }, '{"n":250000.00}'],
    ['a number with an exponent', { n: 250_000, m: 1e21 }, '{"n":2.5e5,"m":1000000000000000000000}'],
    [
      'the smallest and the largest double',
      { n: 5e-324, m: 1.7976931348623157e308 },
      '{"n":5e-324,"m":1.7976931348623157e+308}',
    ],
    ['minus zero', { n: -0 }, '{"n":-0.0}'],
    ['an escaped letter', { t: 'é/"' }, '{"t":"\\u00e9\\/\\""}'],
    ['a letter beyond the first plane', { t: '😀' }, '{"t":"\\ud83d\\ude00"}'],
    ['a key that is said twice, as its last value', { n: 2 }, '{"n":1,"n":2}'],
    ['a text alone', 'word', '"word"'],
  ];
  it.each(same)('accepts %s', async (_, data, text) => {
    expect(dataHash('transfer', JSON.parse(text))).toBe(dataHash('transfer', data));
    expect(await verdict({ ...(await grant({ data })), data: text })).toBe('consumed');
  });

  const other: [string, unknown, string][] = [
    ['a number as text', { n: 1 }, '{"n":"1"}'],
    ['true for 1', { n: 1 }, '{"n":true}'],
    ['null for what is absent', { a: 1 }, '{"a":1,"b":null}'],
    ['absent for what is null', { a: 1, b: null }, '{"a":1}'],
    ['nothing for an empty object', {}, 'null'],
    ['an empty array for an empty object', {}, '[]'],
    ['an array of one for its only value', 1, '[1]'],
    ['a value for the array of it', [1], '1'],
    ['another order of an array', [1, 2], '[2,1]'],
    ['an array within an array', [[1], []], '[[],[1]]'],
    ['another case', { t: 'ada' }, '{"t":"Ada"}'],
    ['another case of a key', { t: 1 }, '{"T":1}'],
    ['a composed letter for a decomposed one', { t: 'e\u0301' }, '{"t":"\\u00e9"}'],
    ['a blank at the end', { t: 'a' }, '{"t":"a "}'],
    [
      'a number that is the same double and another number',
      { n: 9_007_199_254_740_992 },
      '{"n":9007199254740993}',
    ],
    ['a number that no double holds', { n: 1.7976931348623157e308 }, '{"n":1e400}'],
    ['what rounds to zero', { n: 0 }, '{"n":1e-400}'],
    ['the first value of a key that is said twice', { n: 1 }, '{"n":1,"n":2}'],
    ['a key beside __proto__', { a: 1 }, '{"a":1,"__proto__":{"b":2}}'],
    ['a number that is text in the hash', { n: 'NaN' }, '{"n":0}'],
  ];
  it.each(other)('refuses %s', async (_, data, text) => {
    expect(await verdict({ ...(await grant({ data })), data: text })).toBe('CS102 data_mismatch');
  });

  it('never sees U+0000 or half of a letter: PostgreSQL reads no such jsonb', async () => {
    const granted = await grant({ data: { t: 'a' } });
    for (const text of ['{"t":"a\\u0000"}', '{"t":"\\ud83d"}', '{"t":"a"', "{'t':'a'}", '{"n":NaN}', ''])
      expect(await verdict({ ...granted, data: text }), text).toMatch(/^22P0[25] /);
    expect(await verdict({ ...granted, data: '{"t":"a"}' })).toBe('consumed');
  });

  it('accepts nothing that the hash would refuse, of every pair of values that look alike', async () => {
    const { rows: functions } = await test.database.sql.query<{ text: string }>(
      "SELECT pg_get_functiondef('countersign.consume'::regproc) AS text",
    );
    const compared = 'r.data::jsonb = consume.data';
    expect(functions[0]?.text.split(compared)).toHaveLength(3); // where it takes the row, and where it says why not

    const stored = lookAlikes.map((text) => canonicalData(JSON.parse(text)));
    const { rows: accepted } = await test.database.sql.query<{ stored: string; given: string }>(
      `SELECT r.data::text AS stored, consume.given FROM unnest($1::json[]) AS r (data)
       CROSS JOIN (SELECT given, given::jsonb AS data FROM unnest($2::text[]) AS given) AS consume WHERE ${compared}`,
      [stored, lookAlikes],
    );
    const hashOf = (text: string): string => dataHash('transfer', JSON.parse(text));
    expect(accepted.filter((pair) => hashOf(pair.stored) !== hashOf(pair.given))).toEqual([]);

    // Stricter than the hash only where a number is no double: what a program without doubles would execute.
    const isAccepted = new Set(accepted.map((pair) => `${pair.stored} ${pair.given}`));
    const onlyHashed = stored.flatMap((data) =>
      lookAlikes.filter((text) => hashOf(data) === hashOf(text) && !isAccepted.has(`${data} ${text}`)),
    );
    expect([...new Set(onlyHashed)].toSorted()).toEqual([
      '0.1000000000000000055511151231257827',
      '123456789012345678901',
      '1e-400',
      '9007199254740993',
    ]);
  });
});

const lookAlikes = String.raw`
  0 -0 0.0 1 1.0 1e0 10e-1 0.1 0.10 1e-1 0.1000000000000000055511151231257827 1e21 1e22 5e-324 1e-400
  9007199254740992 9007199254740993 9007199254740994 123456789012345680000 123456789012345678901
  true false null "" "0" "1" "true" "null" "\u0030" "é" "e\u0301" "\u0020" [] {} [null] [[]] [0] [1] [1,1] [1,[1]] [[1],1]
  {"":0} {"a":1} {"a":1.0} {"A":1} {"a":1,"b":2} {"b":2,"a":1} {"a":1,"b":2,"b":3} {"a":{"b":1}} {"a":{"b":1,"c":null}}
  {"a":null} {"a":[1,2]} {"a":"1"} {"é":1} {"e\u0301":1} {"aa":1,"b":2} {"b":2,"aa":1} {"a":[]} {"a":{}}`
  .trim()
  .split(/\s+/);

describe('the role of a host', () => {
  it('has no right on any table, sequence or other function', async () => {
    const { rows } = await test.database.sql.query<{ right: string }>(
      `SELECT c.relname || ' ' || p AS right FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER',
          'REFERENCES']) AS p
       WHERE c.relnamespace = 'countersign'::regnamespace AND c.relkind = 'r' AND has_table_privilege($1, c.oid, p)
       UNION ALL
       SELECT c.relname || ' ' || p FROM pg_class c, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS p
       WHERE c.relnamespace = 'countersign'::regnamespace AND c.relkind = 'S' AND has_sequence_privilege($1, c.oid, p)
       UNION ALL
       SELECT proname FROM pg_proc f WHERE pronamespace = 'countersign'::regnamespace AND prosecdef AND proname <> 'consume'
         AND has_function_privilege($1, f.oid, 'EXECUTE')
       UNION ALL
       SELECT 'create in the schema' WHERE has_schema_privilege($1, 'countersign', 'CREATE')`,
      [host.name],
    );
    expect(rows).toEqual([]);
    const spelled = host.pool.query(`SELECT countersign.request_uuid('areq_')`);
    expect(await verdictOf(spelled)).toMatch(/^42501 /);
  });

  it.each([
    ['without EXECUTE', ['GRANT USAGE ON SCHEMA countersign TO HOST']],
    ['without USAGE', ['GRANT EXECUTE ON FUNCTION countersign.consume TO HOST']],
    ['with nothing', []],
  ])('consumes nothing %s', async (_, rights) => {
    await using stranger = await createHostRole(test.database, rights);
    const granted = await grant();
    expect(await verdictOf(consumeInSql(stranger.pool, granted))).toMatch(/^42501 /);
    expect(await verdict(granted)).toBe('consumed');
  });

  /** What a role can make in a schema of its own, or where PostgreSQL looks first: pg_temp. */
  const hijack = (schema: string): string => `
    CREATE FUNCTION ${schema}.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2000-01-01' $$;
    CREATE FUNCTION ${schema}.anything(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
    CREATE OPERATOR ${schema}.= (LEFTARG = text, RIGHTARG = text, FUNCTION = ${schema}.anything);
    CREATE FUNCTION ${schema}.any_data(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
    CREATE OPERATOR ${schema}.= (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = ${schema}.any_data);`;

  it('changes nothing by functions and operators of its own, before ours in the search path or in pg_temp', async () => {
    const naive = await createNaive(test.database, 'with_callers_path', /^ SET search_path.*\n/gm);
    const client = await host.connect();
    await client.query(hijack(host.name));
    await client.query(hijack('pg_temp'));
    await client.query(`CREATE TEMPORARY TABLE authorization_request (id uuid)`);
    await client.query(`SET search_path = ${host.name}, pg_temp, pg_catalog`);
    const attack = async (name: string): Promise<string[]> => {
      test.clock.advance(-600);
      const late = await grant();
      test.clock.advance(600);
      const [another, altered] = [await grant(), await grant()];
      const asked = [late, { ...another, subjectId: 'mallory' }, { ...altered, data: '{"to":"mallory"}' }];
      const verdicts: string[] = [];
      for (const each of asked) verdicts.push(await verdictOf(consumeInSql(client, each, name)));
      return verdicts;
    };
    expect(await attack(naive)).toEqual(['consumed', 'consumed', 'consumed']);
    expect(await attack('countersign.consume')).toEqual([
      'CS105 execution_window_passed',
      'CS101 not_found',
      'CS102 data_mismatch',
    ]);
  });

  it('changes nothing by a collation in which other texts are equal', async () => {
    const naive = await createNaive(test.database, 'with_callers_collation', / COLLATE "C"/g);
    const client = await host.connect();
    await client.query(
      `CREATE COLLATION ${host.name}.loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
    );
    const attack = (granted: Granted, name: string) =>
      verdictOf(
        client.query(
          `SELECT ${name}(id => $1, slug => 'TRANSFER', subject_id => $2::text COLLATE ${host.name}.loose, data => $3)`,
          [granted.id, granted.subjectId.toUpperCase(), transferText],
        ),
      );
    expect(await attack(await grant(), naive)).toBe('consumed');
    expect(await attack(await grant(), 'countersign.consume')).toBe('CS101 not_found');
  });

  it('changes nothing by the settings of its session', async () => {
    const client = await host.connect();
    await client.query(`SET standard_conforming_strings = off; SET transform_null_equals = on; SET bytea_output = 'escape';
      SET datestyle = 'German'; SET timezone = 'Asia/Kathmandu'; SET extra_float_digits = 0; SET row_security = off;
      SET check_function_bodies = off; SET countersign.retention = 'on'`);
    const granted = await grant();
    expect(await verdictOf(consumeInSql(client, { ...granted, subjectId: null }))).toBe('CS101 not_found');
    expect(await verdictOf(consumeInSql(client, { ...granted, data: '{}' }))).toBe('CS102 data_mismatch');
    const { data_hash: hash } = await consumeInSql(client, granted);
    expect(hash).toBe(dataHash('transfer', transferData));
    expect(await verdictOf(client.query('DELETE FROM countersign.event'))).toMatch(/^42501 /);
  });
});

describe('in the transaction of the host', () => {
  const written = async (id: string): Promise<{ paid: number; consumed: number }> => {
    const { events } = await look(test.database.sql, id);
    const { rowCount } = await test.database.sql.query(
      `SELECT FROM ${host.name}.ledger WHERE request_id = $1`,
      [id],
    );
    return { paid: rowCount ?? 0, consumed: count(events, 'consumed') };
  };
  const pay = (client: ClientBase, id: string) =>
    client.query(`INSERT INTO ${host.name}.ledger VALUES ($1)`, [id]);

  it('the consumption and the write commit together, and a rollback gives the grant back', async () => {
    const granted = await grant();
    const client = await host.connect();
    for (const end of ['ROLLBACK', 'COMMIT']) {
      expect(await written(granted.id)).toEqual({ paid: 0, consumed: 0 });
      await client.query('BEGIN');
      await pay(client, granted.id);
      await consumeInSql(client, granted);
      await client.query(end);
    }
    expect(await written(granted.id)).toEqual({ paid: 1, consumed: 1 });
  });

  it('a refusal ends it, unless there is a savepoint to return to', async () => {
    const granted = await grant();
    const client = await host.connect();
    await client.query('BEGIN');
    await pay(client, granted.id);
    expect(await verdictOf(consumeInSql(client, { ...granted, data: '{}' }))).toBe('CS102 data_mismatch');
    expect(await verdictOf(consumeInSql(client, granted))).toMatch(/^25P02 /);
    await client.query('ROLLBACK');

    await client.query('BEGIN');
    await pay(client, granted.id);
    await client.query('SAVEPOINT before');
    expect(await verdictOf(consumeInSql(client, { ...granted, data: '{}' }))).toBe('CS102 data_mismatch');
    await client.query('ROLLBACK TO SAVEPOINT before');
    await consumeInSql(client, granted);
    await client.query('ROLLBACK TO SAVEPOINT before');
    await consumeInSql(client, granted); // what a savepoint took back can be used again
    await client.query('COMMIT');
    expect(await written(granted.id)).toEqual({ paid: 1, consumed: 1 });
  });

  it.each(['REPEATABLE READ', 'SERIALIZABLE'])(
    'at %s: a use or a grant that came in between is a serialization failure, and the next try has it',
    async (level) => {
      const [used, later] = [await grant(), await grantLater()];
      const client = await host.connect();
      await client.query(`BEGIN ISOLATION LEVEL ${level}`);
      await client.query('SELECT 1'); // its snapshot is taken
      await consume(used);
      await later.grant();
      await client.query('SAVEPOINT before');
      expect(await verdictOf(consumeInSql(client, used))).toMatch(/^40001 /);
      await client.query('ROLLBACK TO SAVEPOINT before');
      expect(await verdictOf(consumeInSql(client, later.request))).toMatch(/^40001 /);
      await client.query('ROLLBACK');
      await client.query(`BEGIN ISOLATION LEVEL ${level}`);
      await consumeInSql(client, later.request);
      await client.query('COMMIT');
      expect(await written(later.request.id)).toEqual({ paid: 0, consumed: 1 });
    },
  );

  async function grantLater() {
    const subjectId = `ada-${(subjects += 1)}`;
    const { id } = await createTransfer(test, { subjectId });
    return {
      request: { id, subjectId },
      grant: () =>
        test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test, subjectId) }),
    };
  }
});

describe('of parallel calls over one grant', () => {
  it('exactly one of 200 by forty clients of a host has the receipt', async () => {
    const granted = await grant();
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => verdict(granted)));
    expect(verdicts.filter((said) => said === 'consumed')).toHaveLength(1);
    expect(verdicts.filter((said) => said === 'CS104 already_consumed')).toHaveLength(199);
    const { events } = await look(test.database.sql, granted.id);
    expect({ consumed: count(events, 'consumed'), numbered: numbered(events) }).toEqual({
      consumed: 1,
      numbered: true,
    });
  });

  it('exactly one has the receipt when core and SQL consume at the same time', async () => {
    for (let round = 0; round < 4; round += 1) {
      const granted = await grant();
      const { id, subjectId } = granted;
      const inCore = { id, slug: 'transfer', subjectId, data: transferData };
      const ended = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) =>
          index % 2 === 0 ? consume(granted) : test.core.authorizationRequest.consume(test.service, inCore),
        ),
      );
      expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { events } = await look(test.database.sql, id);
      expect(count(events, 'consumed')).toBe(1);
    }
  });

  it('breaks no invariant', async () => {
    const granted = await grant();
    await Promise.all([consume(granted), verdict({ ...granted, data: '{}' })]);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });
});
