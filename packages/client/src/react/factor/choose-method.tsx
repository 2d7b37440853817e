import type { ReactNode } from 'react';
import type { Method } from '../../generated/schema.ts';
import { MethodIcon } from './icon.tsx';
import type { FactorMessages } from './messages.ts';

interface ChooseMethodProps {
  readonly methods: readonly Method[];
  readonly choose: (method: Method) => void;
  readonly hasDevices: boolean;
  readonly isLoading: boolean;
  readonly messages: FactorMessages;
}

export function ChooseMethod({
  methods,
  choose,
  hasDevices,
  isLoading,
  messages,
}: ChooseMethodProps): ReactNode {
  if (isLoading) return <p className="countersign-hint">{messages.loading}</p>;
  return (
    <>
      {methods.length === 0 && <p className="countersign-hint">{messages.chooseNone}</p>}
      <ul className="countersign-methods">
        {methods.map((method) => (
          <li key={method.id}>
            <button type="button" onClick={() => choose(method)}>
              <MethodIcon method={method.key} />
              <span>
                <strong>{method.title}</strong>
                <span className="countersign-hint">{messages.about(method)}</span>
              </span>
              <span className="countersign-arrow" aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {hasDevices && (
        <p className="countersign-note">
          <MethodIcon method="device" />
          {messages.deviceNote}
        </p>
      )}
    </>
  );
}
