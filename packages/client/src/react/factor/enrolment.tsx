import { useId, useRef, type ReactNode } from 'react';
import type { Factor, Method } from '../../generated/schema.ts';
import { useFactors } from '../use-factors.ts';
import { partsOf } from './built-in-parts.ts';
import { ChooseMethod } from './choose-method.tsx';
import { Problem } from './field.tsx';
import { useFocusAfter } from './focus.ts';
import { MethodIcon } from './icon.tsx';
import type { EnrolmentParts } from './parts.ts';
import { useFactorStylesheet } from './stylesheet.ts';
import { factorMessages, type FactorMessages } from './messages.ts';
import { useEnrolment, type EnrolmentStep } from './use-enrolment.ts';

export interface FactorEnrolmentProps {
  /** The keys of the methods that are offered, in this order. Absent: all that a person enrols by themself. */
  readonly offer?: readonly string[] | undefined;
  /** How methods of your own are drawn, by their keys; what is left out is drawn from their schema. */
  readonly methods?: Readonly<Record<string, EnrolmentParts>> | undefined;
  readonly messages?: Partial<FactorMessages> | undefined;
  /** A factor is in force. */
  readonly onEnrolled?: ((factor: Factor) => void) | undefined;
  /** The person is done here, or has changed their mind. Without it there is no button for that. */
  readonly onClose?: (() => void) | undefined;
  /** Default: as the person's system. */
  readonly colorScheme?: 'light' | 'dark' | 'light dark' | undefined;
  /** For a policy of `style-src 'nonce-…'`. */
  readonly nonce?: string | undefined;
  /** False: it comes without any style, for a stylesheet of your own. */
  readonly styles?: boolean | undefined;
}

const noParts: Readonly<Record<string, EnrolmentParts>> = {};

/**
 * Adds a way to confirm: a passkey, an authenticator app, an address for codes, recovery codes, or a method of your own.
 * It has the person authorize that, where it is needed, by the mounted AuthorizationDialog. What is shown once is in the
 * memory of this component and nowhere else.
 *
 * @example
 * ```tsx
 * <FactorEnrolment offer={['passkey', 'totp']} onEnrolled={({ title }) => toast(`${title} is ready`)} />
 * ```
 */
export function FactorEnrolment({
  offer,
  methods: parts = noParts,
  messages: ownMessages,
  onEnrolled,
  onClose,
  colorScheme = 'light dark',
  nonce,
  styles = true,
}: FactorEnrolmentProps): ReactNode {
  useFactorStylesheet(styles, nonce);
  const messages = { ...factorMessages, ...ownMessages };
  const { methods, status, error, factors } = useFactors();
  const { step, isBusy, problem, choose, begin, confirm, finish, back } = useEnrolment({
    showsSetup: ({ key }) => partsOf(key, parts).showsSetup,
    problem: messages.problem,
    wrong: messages.wrongCode,
    onEnrolled,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusAfter(step.at, () => heading.current);
  const id = useId();

  function drawStep(): ReactNode {
    const shared = { isBusy, problem, messages, back };
    switch (step.at) {
      case 'choose':
        return (
          <>
            <ChooseMethod
              methods={enrollable(methods, offer)}
              choose={choose}
              hasDevices={methods.some(({ key }) => key === 'device')}
              isLoading={status === 'loading'}
              messages={messages}
            />
            <Problem>{status === 'failed' && messages.problem(error)}</Problem>
          </>
        );
      case 'form': {
        const { method } = step;
        const { Form } = partsOf(method.key, parts);
        const replaces =
          method.key === 'recovery-code' && factors.some((factor) => factor.method === method.key);
        return (
          <>
            <p>{messages.about(method)}</p>
            {replaces && <p className="countersign-note">{messages.recoveryReplaces}</p>}
            <Form {...shared} method={method} begin={begin(method)} />
          </>
        );
      }
      case 'confirm': {
        const { method, begun } = step;
        const { Confirm } = partsOf(method.key, parts);
        return (
          <Confirm
            {...shared}
            method={method}
            factor={begun.factor}
            confirmation={begun.confirmation ?? null}
            setup={begun.setup}
            confirm={confirm(step)}
            finish={() => finish(step)}
          />
        );
      }
      case 'done':
        return (
          <>
            <p>{messages.done}</p>
            <div className="countersign-actions">
              <button type="button" className="countersign-quiet" onClick={back}>
                {messages.addAnother}
              </button>
            </div>
          </>
        );
    }
  }

  return (
    <section
      className="countersign-factors"
      data-step={step.at}
      style={{ colorScheme }}
      aria-labelledby={`${id}title`}
    >
      <header className="countersign-head">
        {step.at !== 'choose' && <MethodIcon method={step.at === 'done' ? 'done' : step.method.key} />}
        <h2 id={`${id}title`} ref={heading} tabIndex={-1}>
          {titleOf(step, messages)}
        </h2>
      </header>
      {drawStep()}
      {onClose && (step.at === 'choose' || step.at === 'done') && (
        <div className="countersign-actions">
          <button type="button" className="countersign-quiet" onClick={onClose}>
            {step.at === 'done' ? messages.finish : messages.cancel}
          </button>
        </div>
      )}
    </section>
  );
}

/** A device adds itself, by its own app; and what proves nothing is for tests. */
function enrollable(methods: readonly Method[], offer: readonly string[] | undefined): readonly Method[] {
  const possible = methods.filter(({ factorSchema }) => factorSchema !== null);
  if (offer === undefined) return possible.filter(({ key }) => key !== 'dummy');
  return offer.flatMap((key) => possible.filter((method) => method.key === key));
}

function titleOf(step: EnrolmentStep, messages: FactorMessages): string {
  switch (step.at) {
    case 'choose':
      return messages.enrolTitle;
    case 'form':
    case 'confirm':
      return step.method.title;
    case 'done':
      return messages.doneTitle(step.factor);
  }
}
