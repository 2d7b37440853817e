// What the client needs of packages/core/src/scoped-token/cst1/claim-rules.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { scopeProblem } from '../scope/check.ts';
import { carriers, delegateId, exactly, recipient, wholeNumber, type ValueRule } from './claim-values.ts';
import type { Block } from './claims.ts';

const shared = {
  exp: wholeNumber,
  nbf: wholeNumber,
  scp: scopeProblem,
  rcp: recipient,
  cnf: exactly('jkt'),
  arq: exactly('id', 'hash'),
  car: carriers,
} as const;

const block: { readonly [Name in keyof Required<Block>]: ValueRule } = { ...shared, cid: delegateId };
export const blockRules: ReadonlyMap<string, ValueRule> = new Map(Object.entries(block));
