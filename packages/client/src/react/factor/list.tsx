import { useId, useRef, useState, type ReactNode } from 'react';
import { useFactors } from '../use-factors.ts';
import { useFocusAfter } from './focus.ts';
import { FactorItem } from './item.tsx';
import { useFactorStylesheet } from './stylesheet.ts';
import { factorMessages, type FactorMessages } from './messages.ts';

export interface FactorListProps {
  readonly messages?: Partial<FactorMessages> | undefined;
  /** Default: as the person's system. */
  readonly colorScheme?: 'light' | 'dark' | 'light dark' | undefined;
  /** For a policy of `style-src 'nonce-…'`. */
  readonly nonce?: string | undefined;
  /** False: it comes without any style, for a stylesheet of your own. */
  readonly styles?: boolean | undefined;
}

/**
 * What the person confirms with, live: each with what it is known by and when it was last used, to be renamed, asked
 * first, or taken away. A device is revoked, with all that it may do.
 */
export function FactorList({
  messages: ownMessages,
  colorScheme = 'light dark',
  nonce,
  styles = true,
}: FactorListProps): ReactNode {
  useFactorStylesheet(styles, nonce);
  const messages = { ...factorMessages, ...ownMessages };
  const { factors, methods, status, error, update, remove, refresh } = useFactors();
  const usable = factors.filter((factor) => factor.status === 'confirmed' && factor.isActive);
  const heading = useRef<HTMLHeadingElement>(null);
  // With a line its buttons go.
  const [removed, setRemoved] = useState(0);
  useFocusAfter(removed, () => heading.current);
  const id = useId();
  return (
    <section
      className="countersign-factors"
      style={{ colorScheme }}
      aria-labelledby={`${id}title`}
      aria-busy={status === 'loading'}
    >
      <header className="countersign-head">
        <h2 id={`${id}title`} ref={heading} tabIndex={-1}>
          {messages.listTitle}
        </h2>
      </header>
      {status === 'loading' && <p className="countersign-hint">{messages.loading}</p>}
      {status === 'failed' && (
        <div role="alert" className="countersign-actions">
          <p className="countersign-problem">{messages.problem(error)}</p>
          <button type="button" className="countersign-quiet" onClick={() => void refresh()}>
            {messages.tryAgain}
          </button>
        </div>
      )}
      {status === 'ready' && factors.length === 0 && <p className="countersign-hint">{messages.none}</p>}
      <ul className="countersign-list">
        {factors.map((factor) => (
          <FactorItem
            key={factor.id}
            factor={factor}
            methodTitle={methods.find((method) => method.id === factor.methodId)?.title ?? factor.method}
            isLast={usable.length === 1 && usable[0] === factor}
            update={update}
            remove={async (gone) => {
              await remove(gone);
              setRemoved((count) => count + 1);
            }}
            messages={messages}
          />
        ))}
      </ul>
    </section>
  );
}
