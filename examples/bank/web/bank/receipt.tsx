import type { AuthorizationRequest } from '@countersign/client';
import type { ReactNode } from 'react';
import { Money } from '../format/money.tsx';
import { Rosette } from '../brand/rosette.tsx';
import { preciseClockOf } from '../format/time.ts';
import { strengthOf } from './strength.ts';
import type { Transfer } from './transfer.ts';

interface ReceiptProps {
  readonly transfer: Transfer;
  readonly to: string;
  readonly request: AuthorizationRequest | null;
}

/** What was sent, and by whose approval: the authorization is read from Countersign, not from this page's memory. */
export function Receipt({ transfer, to, request }: ReceiptProps): ReactNode {
  return (
    <div className="receipt">
      <h3>Sent</h3>
      <p className="sum">
        <Money cents={transfer.amountCents} />
      </p>
      <p>to {to}</p>
      {request === null ? (
        <p className="hint">Not above the limit, so nobody had to be asked.</p>
      ) : (
        <>
          <Rosette hash={request.dataHash} />
          <dl>
            <Line name="Approved" value={timeOf(request.grantedAt)} />
            <Line name="Executed" value={`${timeOf(request.consumedAt)}, once`} />
            <Line name="Strength" value={strengthOf(request.binding ?? 'none')} />
            <Line name="Authorization" value={request.id} isMono />
            <Line name="Data hash" value={request.dataHash} isMono />
          </dl>
        </>
      )}
    </div>
  );
}

interface LineProps {
  readonly name: string;
  readonly value: string;
  readonly isMono?: boolean;
}

function Line({ name, value, isMono = false }: LineProps): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isMono ? 'mono' : undefined}>{value}</dd>
    </>
  );
}

function timeOf(date: Date | null): string {
  return date === null ? '' : preciseClockOf(date);
}
