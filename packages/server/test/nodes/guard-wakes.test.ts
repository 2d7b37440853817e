import type { Authorization, Core, CoreContext, GuardedCall, TransactionHandle } from '@countersign/core';
import { expect, it } from 'vitest';
import { runGuarded } from '../../src/guard/run-guarded.ts';

/** What happens in which order when a guarded call runs in a host's transaction. */
async function run(granted: boolean, call: () => Promise<string>): Promise<string[]> {
  const order: string[] = [];
  const authorization = granted ? ({ id: 'areq_1' } as Authorization) : null;
  const guard = { take: async () => authorization, refusal: async () => new Error('refused') };
  const context = { wake: (changed: readonly string[]) => void order.push(`woken for ${changed.join()}`) };
  const open = async <Result>(within: (tx: TransactionHandle) => Promise<Result>): Promise<Result> => {
    try {
      const result = await within({} as TransactionHandle);
      order.push('committed');
      return result;
    } catch (error) {
      order.push('rolled back');
      throw error;
    }
  };
  await runGuarded(
    { guard } as unknown as Core,
    context as unknown as CoreContext,
    {} as GuardedCall,
    open,
    call,
  ).catch((error: Error) => order.push(error.message));
  return order;
}

it('readers are woken for a used grant when the host’s transaction has committed, and not before', async () => {
  expect(await run(true, async () => 'paid')).toEqual(['committed', 'woken for areq_1']);
});

it('readers are not woken where the host’s transaction was rolled back', async () => {
  expect(await run(true, () => Promise.reject(new Error('no money')))).toEqual(['rolled back', 'no money']);
  expect(await run(false, async () => 'paid')).toEqual(['rolled back', 'refused']);
});
