import { useMutation } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent, type ReactNode } from 'react';
import { bank } from './bank.ts';
import { queries, sessionQuery } from './queries.ts';
import { Verdict } from './verdict.tsx';

export function ChangeEmail({ current }: { readonly current: string }): ReactNode {
  const id = useId();
  const [email, setEmail] = useState('');
  const change = useMutation({
    mutationFn: (wanted: string) => bank.changeEmail.mutate({ email: wanted }),
    onSuccess: async () => {
      setEmail('');
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    change.mutate(email.trim());
  }

  return (
    <form onSubmit={submit}>
      <p className="now">{current}</p>
      <div className="field">
        <label htmlFor={id}>New address</label>
        <input
          id={id}
          type="email"
          required
          autoComplete="email"
          maxLength={254}
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
      </div>
      <Verdict error={change.error}>{change.data && `Changed to ${change.data.email}.`}</Verdict>
      <button className="button" disabled={change.isPending}>
        {change.isPending ? 'Changing…' : 'Change address'}
      </button>
    </form>
  );
}
