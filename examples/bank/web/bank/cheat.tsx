import type { AuthorizationRequest } from '@countersign/client';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { bank } from './bank.ts';
import { Hashes } from './hashes.tsx';
import { Unreachable } from './unreachable.tsx';

interface CheatProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly request: AuthorizationRequest;
  /** Another amount than was authorized. */
  readonly amountCents?: number;
}

/** One attempt, and what the server says to it. */
export function Cheat({ title, text, action, request, amountCents }: CheatProps): ReactNode {
  const attempt = useMutation({
    mutationFn: () =>
      bank.cheat.consume.mutate({ id: request.id, ...(amountCents !== undefined && { amountCents }) }),
  });
  const { data, isPending, isError, mutate } = attempt;
  return (
    <li className="cheat">
      <h4>{title}</h4>
      <p>{text}</p>
      {data === undefined && !isError && (
        <button type="button" className="button" disabled={isPending} onClick={() => mutate()}>
          {isPending ? 'Trying…' : action}
        </button>
      )}
      {isError && <Unreachable what="No answer came." retry={() => mutate()} />}
      <div role="status">
        {data !== undefined && (
          <div className="refused">
            <p>
              <strong>{data.refused === null ? 'Not refused' : 'Refused'}</strong> <code>{data.refused}</code>
            </p>
            <p>{data.message}</p>
            {data.triedHash !== request.dataHash && (
              <Hashes approved={request.dataHash} tried={data.triedHash} />
            )}
          </div>
        )}
      </div>
    </li>
  );
}
