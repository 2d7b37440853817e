import type { AuthorizationRequest } from '@countersign/client';
import type { ReactNode } from 'react';
import { moneyOf } from '../format/money.tsx';
import { Cheat } from './cheat.tsx';

interface CheatsProps {
  readonly request: AuthorizationRequest;
  readonly amountCents: number;
}

/** Two real attempts to get more out of an approval than was approved. The bank itself plays the crook. */
export function Cheats({ request, amountCents }: CheatsProps): ReactNode {
  const tenfold = amountCents * 10;
  return (
    <section className="cheats" aria-labelledby="cheats">
      <h3 id="cheats">Try to cheat</h3>
      <ul>
        <Cheat
          title="Change the amount"
          text={`You approved ${moneyOf(amountCents)}. Now the bank itself asks to execute ${moneyOf(tenfold)} with this approval.`}
          action={`Execute ${moneyOf(tenfold)}`}
          request={request}
          amountCents={tenfold}
        />
        <Cheat
          title="Use it twice"
          text="The same amount to the same person, a second time. Nothing in it differs from what you approved."
          action="Execute it again"
          request={request}
        />
      </ul>
    </section>
  );
}
