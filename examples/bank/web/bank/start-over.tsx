import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { bank } from './bank.ts';
import { queries } from './queries.ts';
import { Verdict } from './verdict.tsx';

/** Of the demo, and of no bank. */
export function StartOver(): ReactNode {
  const reset = useMutation({
    mutationFn: () => bank.demo.reset.mutate(),
    onSuccess: async () => {
      sessionStorage.clear();
      await queries.invalidateQueries();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        reset.mutate();
      }}
    >
      <Verdict error={reset.error}>{reset.isSuccess && 'Everything is as it was.'}</Verdict>
      <button className="button" disabled={reset.isPending}>
        {reset.isPending ? 'Resetting…' : 'Reset the demo'}
      </button>
    </form>
  );
}
