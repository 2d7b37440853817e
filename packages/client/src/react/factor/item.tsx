import { useRef, useState, type ReactNode } from 'react';
import type { Factor } from '../../generated/schema.ts';
import type { FactorChanges } from '../use-factors.ts';
import { Isolated } from '../dialog/isolated.tsx';
import { Field, Problem } from './field.tsx';
import { useFocusAfter } from './focus.ts';
import { textIn } from './form-text.ts';
import { MethodIcon } from './icon.tsx';
import type { FactorMessages } from './messages.ts';

interface FactorItemProps {
  readonly factor: Factor;
  readonly methodTitle: string;
  /** Whether nothing is left to approve with when it is gone. */
  readonly isLast: boolean;
  readonly update: FactorChanges['update'];
  readonly remove: FactorChanges['remove'];
  readonly messages: FactorMessages;
}

/** One factor, and what can be done with it. */
export function FactorItem({
  factor,
  methodTitle,
  isLast,
  update,
  remove,
  messages,
}: FactorItemProps): ReactNode {
  const [doing, setDoing] = useState<'nothing' | 'renaming' | 'removing'>('nothing');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const actions = useRef<HTMLDivElement>(null);
  // A button goes with what it was for, once that is done.
  useFocusAfter(`${doing} ${isBusy}`, () => actions.current?.querySelector('button'));

  async function attend(work: Promise<unknown>): Promise<void> {
    setBusy(true);
    setProblem(null);
    const refusal = await work.then(
      () => null,
      (error: unknown) => messages.problem(error),
    );
    setBusy(false);
    setProblem(refusal);
    if (refusal === null) setDoing('nothing');
  }

  const named = (action: string) => ({ 'aria-label': messages.of(action, factor), 'aria-disabled': isBusy });
  const leave = (action: string): ReactNode => (
    <button type="button" className="countersign-quiet" onClick={() => setDoing('nothing')}>
      {action}
    </button>
  );

  return (
    <li aria-busy={isBusy}>
      <MethodIcon method={factor.method} />
      <div className="countersign-about">
        <p>
          <strong>
            <Isolated text={factor.title} />
          </strong>
          {badgesOf(factor, messages).map((badge) => (
            <span
              key={badge}
              data-tone={factor.isDefault ? undefined : 'muted'}
              className="countersign-badge"
            >
              {badge}
            </span>
          ))}
        </p>
        <p className="countersign-hint">{linesOf(factor, methodTitle, messages).join(' · ')}</p>
      </div>

      {doing === 'nothing' && (
        <div className="countersign-actions" ref={actions}>
          {factor.status === 'confirmed' && (
            <button
              type="button"
              className="countersign-quiet"
              onClick={() => setDoing('renaming')}
              {...named(messages.rename)}
            >
              {messages.rename}
            </button>
          )}
          {factor.status === 'confirmed' && factor.isActive && !factor.isDefault && (
            <button
              type="button"
              className="countersign-quiet"
              onClick={() => void attend(update({ id: factor.id, isDefault: true }))}
              {...named(messages.makeDefault)}
            >
              {messages.makeDefault}
            </button>
          )}
          <button
            type="button"
            className="countersign-quiet"
            onClick={() => setDoing('removing')}
            {...named(messages.remove)}
          >
            {messages.remove}
          </button>
        </div>
      )}

      {doing === 'renaming' && (
        <form
          className="countersign-inline"
          onSubmit={(event) => {
            event.preventDefault();
            const title = textIn(new FormData(event.currentTarget), 'title');
            if (!isBusy) void attend(update({ id: factor.id, title }));
          }}
        >
          <Field
            label={messages.renameLabel}
            name="title"
            defaultValue={factor.title}
            required
            maxLength={100}
            autoComplete="off"
            autoFocus
            // What is typed takes the place of the old name.
            onFocus={({ target }) => target.select()}
          />
          <div className="countersign-actions">
            <button type="submit" className="countersign-primary" aria-disabled={isBusy}>
              {isBusy ? messages.asking : messages.save}
            </button>
            {leave(messages.cancel)}
          </div>
        </form>
      )}

      {doing === 'removing' && (
        <div className="countersign-inline">
          <p>{messages.removing(factor)}</p>
          {isLast && <p className="countersign-problem">{messages.removingLast}</p>}
          <div className="countersign-actions">
            <button
              type="button"
              className="countersign-danger"
              autoFocus
              onClick={() => {
                if (!isBusy) void attend(remove(factor));
              }}
              {...named(messages.remove)}
            >
              {isBusy ? messages.asking : messages.remove}
            </button>
            {leave(messages.keep)}
          </div>
        </div>
      )}
      <Problem>{problem}</Problem>
    </li>
  );
}

function badgesOf({ status, isActive, isDefault }: Factor, messages: FactorMessages): string[] {
  if (status !== 'confirmed') return [messages.isUnfinished];
  return [...(isDefault ? [messages.isDefault] : []), ...(isActive ? [] : [messages.isInactive])];
}

function linesOf(
  { title, hint, lastUsedAt, createdAt }: Factor,
  methodTitle: string,
  messages: FactorMessages,
): string[] {
  return [
    ...(title === methodTitle ? [] : [methodTitle]),
    ...(hint === null ? [] : [hint]),
    lastUsedAt === null ? messages.neverUsed(createdAt) : messages.lastUsed(lastUsedAt),
  ];
}
