import { useEffect, useId, useRef, type ReactNode, type SyntheticEvent } from 'react';
import { Action } from './action.tsx';
import { Isolated } from './isolated.tsx';
import type { WayProps } from './proof-props.ts';
import { Resend } from './resend.tsx';
import { asksNothing } from './way.ts';

/**
 * A code that is typed or pasted: from a message, an app, a sheet of paper; and whatever a method of the host's own
 * calls its `code`. One field, so that a phone offers what it has just received (HTML, `one-time-code`).
 */
export function CodeProof(props: WayProps): ReactNode {
  const { method, view, ceremony, messages } = props;
  const { challenge, busy, notice, refusals, undelivered } = view;
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const isPaper = method === 'recovery-code';
  useEffect(() => {
    if (refusals === 0) return;
    field.current?.focus();
    field.current?.select();
  }, [refusals]);

  if (!asksNothing(method) && (challenge === null || undelivered === method))
    return (
      <Action kind="main" isFirst isOff={busy !== null} onClick={ceremony.ask}>
        {busy ? messages.working : messages.send}
      </Action>
    );

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    const code = codeOf(field.current?.value ?? '');
    if (code === '') field.current?.focus();
    else ceremony.prove({ method, code });
  }
  const sentTo = challenge?.sentTo ?? null;
  const hint = sentTo === null ? messages.wayHint(method) : messages.sentTo(sentTo);
  return (
    <>
      <form onSubmit={submit}>
        <label htmlFor={id}>{messages.codeLabel(method)}</label>
        {hint !== null && (
          <p id={`${id}h`} className="countersign-hint">
            <Isolated text={hint} />
          </p>
        )}
        <input
          ref={field}
          id={id}
          data-first
          dir="ltr"
          autoComplete={method === 'otp' ? 'one-time-code' : 'off'}
          inputMode={method === 'otp' || method === 'totp' ? 'numeric' : 'text'}
          autoCapitalize={isPaper ? 'characters' : 'off'}
          autoCorrect="off"
          spellCheck={false}
          required
          readOnly={busy === 'proving'}
          aria-describedby={`${id}h ${props.noticeId}`}
          aria-invalid={notice?.tone === 'error'}
        />
        <button className="countersign-main" aria-disabled={busy !== null}>
          {busy === 'proving' ? messages.working : messages.authorize}
        </button>
      </form>
      {sentTo !== null && <Resend {...props} />}
    </>
  );
}

/** Pasted codes come with spaces and dashes, and from some keyboards in wide forms. */
function codeOf(typed: string): string {
  return typed.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '');
}
