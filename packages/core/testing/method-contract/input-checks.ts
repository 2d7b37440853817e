import assert from 'node:assert/strict';
import { ask, createConditions, rightProof, verify, type Conditions } from './ceremony.ts';
import type { MethodCheck, MethodContract } from './contract.ts';

/** What every hook is given. */
export const inputChecks: readonly MethodCheck[] = [
  {
    promise: 'changes nothing that it is given',
    async check(contract) {
      const dates = new Map<Date, number>();
      await prove(contract, createConditions({ handOver: (value) => frozen(value, dates) }));
      for (const [date, was] of dates) assert.equal(date.getTime(), was, 'a date was changed');
    },
  },
  {
    promise: 'works with whatever was passed along',
    async check(contract) {
      for (const context of [{}, { ip: '::1', nested: { list: [1] } }, 'text'])
        assert.equal(await prove(contract, createConditions({ context })), true, JSON.stringify(context));
    },
  },
];

async function prove(contract: MethodContract, conditions: Conditions): Promise<boolean> {
  const asked = await ask(contract, conditions);
  return (await verify(contract, conditions, asked, await rightProof(contract, asked))).valid;
}

/** Plain data alone: a generator of randomness has a state of its own. */
function frozen<Value>(value: Value, dates: Map<Date, number>): Value {
  if (value instanceof Date) dates.set(value, value.getTime());
  else if (Array.isArray(value) || isPlain(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part, dates);
  }
  return value;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
