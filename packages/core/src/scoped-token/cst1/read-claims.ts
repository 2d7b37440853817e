import { isRecord } from '../scope/is-record.ts';
import { authorityRequired, authorityRules, blockRules } from './claim-rules.ts';
import type { ValueRule } from './claim-values.ts';
import type { Block, Claims } from './claims.ts';
import { readJsonObject } from './json-object.ts';

/** What was read, or which claim is not as it must be. */
export type Reading<Body> = { readonly ok: true; readonly body: Body } | ClaimProblem;

export interface ClaimProblem {
  readonly ok: false;
  readonly at: readonly string[];
  readonly problem: string;
}

/** Reads an authority from its JSON. */
export function readClaims(json: string): Reading<Claims> {
  const body = readJsonObject(json);
  return body === null ? notAnObject : judgeClaims(body);
}

/**
 * Judges an authority: every required claim, none but those of the format, each of its own type. The same for
 * what is presented and for what is about to be minted.
 */
export function judgeClaims(body: unknown): Reading<Claims> {
  const reading = judge<Claims>(body, authorityRules, authorityRequired);
  if (!reading.ok || reading.body.exp > reading.body.iat) return reading;
  return refuse('exp', 'must be after iat');
}

/** Reads a block; nothing in it is required. */
export function readBlock(json: string): Reading<Block> {
  const body = readJsonObject(json);
  return body === null ? notAnObject : judge<Block>(body, blockRules, []);
}

const notAnObject: ClaimProblem = {
  ok: false,
  at: [],
  problem: 'must be a JSON object, each name in it once',
};

function judge<Body>(
  body: unknown,
  rules: ReadonlyMap<string, ValueRule>,
  required: readonly string[],
): Reading<Body> {
  if (!isRecord(body)) return notAnObject;
  for (const name of Object.keys(body)) {
    const value = body[name];
    if (value === undefined) continue; // left out of JSON
    const rule = rules.get(name);
    if (rule === undefined) return refuse(name, 'is not of this format');
    const problem = rule(value);
    if (problem !== null) return refuse(name, problem);
  }
  for (const name of required)
    if (!Object.hasOwn(body, name) || body[name] === undefined) return refuse(name, 'is required');
  return { ok: true, body: body as Body };
}

function refuse(claim: string, problem: string): ClaimProblem {
  return { ok: false, at: [claim], problem };
}
