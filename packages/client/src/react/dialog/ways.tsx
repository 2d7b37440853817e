import type { ReactNode } from 'react';
import { CodeProof } from './code-proof.tsx';
import { DeviceProof } from './device-proof.tsx';
import { PasskeyProof } from './passkey-proof.tsx';
import type { ProofSlot, WayProps } from './proof-props.ts';

/** How a person proves by the chosen method: the host's own slot, ours, or one field for a code. */
export function Proof({
  slots,
  ...props
}: WayProps & { readonly slots: Readonly<Record<string, ProofSlot>> }): ReactNode {
  const { method, view, ceremony } = props;
  const Slot = Object.hasOwn(slots, method) && slots[method];
  if (Slot)
    return (
      <Slot
        request={view.request}
        challenge={view.challenge}
        isBusy={view.busy !== null}
        prove={(proof) => ceremony.prove({ ...proof, method })}
        ask={ceremony.ask}
      />
    );
  switch (method) {
    case 'passkey':
      return <PasskeyProof {...props} />;
    case 'device':
      return <DeviceProof {...props} />;
    default:
      return <CodeProof {...props} />;
  }
}

/** Which way to prove: all that are possible for this request, in the server's order. */
export function Choice({ view, ceremony, messages }: Omit<WayProps, 'method'>): ReactNode {
  return (
    <>
      <p className="countersign-question">{messages.chooseWay}</p>
      <ul className="countersign-ways">
        {view.request.methods.map((method, index) => (
          <li key={method}>
            <button
              type="button"
              data-first={index === 0 || undefined}
              aria-disabled={view.busy !== null}
              onClick={() => ceremony.choose(method)}
            >
              <strong>{messages.wayTitle(method)}</strong>
              <span className="countersign-hint">{messages.wayHint(method)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
