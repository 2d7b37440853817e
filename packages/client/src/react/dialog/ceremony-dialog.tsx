import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useSyncExternalStore,
  type ReactNode,
  type SyntheticEvent,
} from 'react';
import type { Ceremony } from './ceremony.ts';
import { Action } from './action.tsx';
import { Countdown, MoreTime } from './countdown.tsx';
import { Isolated } from './isolated.tsx';
import { Mark } from './mark.tsx';
import type { DialogMessages } from './messages.ts';
import { Outcome } from './outcome.tsx';
import type { ProofSlot } from './proof-props.ts';
import { Choice, Proof } from './ways.tsx';

export interface CeremonyDialogProps {
  readonly ceremony: Ceremony;
  readonly messages: DialogMessages;
  readonly slots: Readonly<Record<string, ProofSlot>>;
  readonly colorScheme: 'light' | 'dark' | 'light dark';
}

/** One ceremony in a native dialog, which keeps the focus inside, the page inert, and gives the focus back. */
export function CeremonyDialog({ ceremony, messages, slots, colorScheme }: CeremonyDialogProps): ReactNode {
  const view = useSyncExternalStore(ceremony.subscribe, ceremony.view, ceremony.view);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { request, method, notice } = view;
  const noticeId = `${id}n`;
  const shown = { view, ceremony, messages, noticeId };
  const isDecided = request.state !== 'waiting';

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closing gives the focus back, which would take it out of another frame where the person is by now.
    return () => void (document.hasFocus() && element?.close());
  }, []);
  // At first what is authorized stays in sight, however small the screen.
  const isLater = useRef(false);
  useEffect(() => {
    const first = dialog.current?.querySelector<HTMLElement>('[data-first]');
    if (!isLater.current || document.hasFocus()) first?.focus({ preventScroll: !isLater.current });
    isLater.current = true;
  }, [method, isDecided, view.challenge === null, view.undelivered]);

  function cancelled(event: SyntheticEvent): void {
    if (event.target !== dialog.current) return; // Of a file that was not chosen, in a slot of the host's.
    event.preventDefault();
    ceremony.close();
  }
  // A browser may close it whatever we say, at a second Esc. What is being judged is shown until it is answered.
  function closed(): void {
    if (dialog.current?.open) return;
    ceremony.close();
    if (ceremony.view().isLeaving) dialog.current?.showModal();
  }

  return (
    <dialog
      ref={dialog}
      className="countersign-dialog"
      style={{ colorScheme }}
      data-state={request.state}
      aria-labelledby={`${id}t`}
      aria-describedby={`${id}f`}
      onCancel={cancelled}
      onClose={closed}
    >
      {!isDecided && (
        <header>
          <Mark of="lock" />
          <span className="countersign-heading">{messages.heading}</span>
          <Countdown view={view} messages={messages} />
        </header>
      )}
      <h2 id={`${id}t`}>
        <Isolated text={request.title} />
      </h2>
      <div id={`${id}f`}>
        {request.description !== null && (
          <p className="countersign-description">
            <Isolated text={request.description} />
          </p>
        )}
        <dl>
          {request.facts.map(({ label, value }, index) => (
            <div key={index}>
              <dt>
                <Isolated text={label} />
              </dt>
              <dd>
                <Isolated text={value} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <p id={noticeId} className="countersign-notice" role="status" data-tone={notice?.tone}>
        {isDecided
          ? null
          : view.isOffline
            ? messages.offline
            : view.isLeaving
              ? messages.leaving
              : notice?.say(messages)}
      </p>
      <section>
        {isDecided ? (
          <Outcome {...shown} />
        ) : method === null ? (
          <Choice {...shown} />
        ) : (
          <Proof key={method} {...shown} method={method} slots={slots} />
        )}
        {!isDecided && method !== null && request.methods.length > 1 && (
          <Action kind="quiet" onClick={() => ceremony.choose(null)}>
            {messages.otherWays}
          </Action>
        )}
        {!isDecided && <MoreTime {...shown} />}
      </section>
      {!isDecided && (
        <footer>
          <Action kind="quiet countersign-not-me" onClick={ceremony.disown}>
            {messages.notMe}
          </Action>
          <Action kind="quiet" onClick={ceremony.close}>
            {messages.cancel}
          </Action>
        </footer>
      )}
    </dialog>
  );
}
