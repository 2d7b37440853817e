// What the client needs of packages/core/src/scoped-token/cst1/read-claims.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { isRecord } from '../scope/is-record.ts';
import { blockRules } from './claim-rules.ts';
import type { ValueRule } from './claim-values.ts';
import type { Block } from './claims.ts';
import { readJsonObject } from './json-object.ts';

/** What was read, or which claim is not as it must be. */
type Reading<Body> = { readonly ok: true; readonly body: Body } | ClaimProblem;

interface ClaimProblem {
  readonly ok: false;
  readonly at: readonly string[];
  readonly problem: string;
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
