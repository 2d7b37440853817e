import type pg from 'pg';
import { formatId } from '../../src/id.ts';
import type { Told } from './reader.ts';

export interface Compared {
  readonly told: number;
  readonly lost: number;
  readonly invented: number;
  readonly twice: number;
  /** Told before an earlier one of the same request. */
  readonly misplaced: number;
}

export const faultless = { lost: 0, invented: 0, twice: 0, misplaced: 0 } as const;

/** Everything of a kind that is in the log at the end. */
export async function readTruth(sql: pg.Pool, kind = 'true'): Promise<Told[]> {
  const { rows } = await sql.query<{ about_id: string; sequence: number }>(
    `SELECT about_id, sequence FROM countersign.event WHERE ${kind}`,
  );
  return rows.map(({ about_id: about, sequence }) => ({
    about: formatId('authorizationRequest', about),
    sequence,
  }));
}

/** What a reader was told, beside what is there. */
export function compare(truth: readonly Told[], told: readonly Told[]): Compared {
  const nameOf = ({ about, sequence }: Told) => `${about} ${sequence}`;
  const there = new Set(truth.map(nameOf));
  const heard = new Set(told.map(nameOf));
  const newest = new Map<string, number>();
  let misplaced = 0;
  for (const { about, sequence } of told) {
    if (sequence < (newest.get(about) ?? 0)) misplaced += 1;
    newest.set(about, Math.max(newest.get(about) ?? 0, sequence));
  }
  return {
    told: told.length,
    lost: [...there].filter((name) => !heard.has(name)).length,
    invented: [...heard].filter((name) => !there.has(name)).length,
    twice: told.length - heard.size,
    misplaced,
  };
}
