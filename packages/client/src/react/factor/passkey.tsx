import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Problem } from './field.tsx';
import { Lost } from './lost.tsx';
import type { EnrolmentConfirmProps } from './parts.ts';
import type { FactorMessages } from './messages.ts';
import type { RegistrationOptions } from './register-passkey.ts';

const ceremonyOfBrowser = () => import('./register-passkey.ts');

/**
 * The browser makes a passkey only while the person acts (WebAuthn §5.1.3, transient activation), and by now they may
 * have approved on a phone: so there is a button of its own.
 */
export function PasskeyConfirm(props: EnrolmentConfirmProps): ReactNode {
  const { setup, confirm, back, isBusy, problem, messages } = props;
  const [isAsking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const ceremony = useRef<AbortController>(null);
  useEffect(() => {
    // There before it is wanted: some browsers ask for a click that has just happened.
    void ceremonyOfBrowser().catch(() => undefined);
    return () => ceremony.current?.abort();
  }, []);
  const options = optionsIn(setup);
  if (options === null) return <Lost {...props} />;
  const isSupported = 'PublicKeyCredential' in globalThis;

  async function create(asked: RegistrationOptions): Promise<void> {
    setAsking(true);
    setRefusal(null);
    ceremony.current = new AbortController();
    try {
      const { registerPasskey } = await ceremonyOfBrowser();
      confirm(await registerPasskey(asked, ceremony.current.signal));
    } catch (error) {
      setRefusal(refusalOf(error, messages));
    } finally {
      setAsking(false);
    }
  }
  return (
    <>
      <p>{isSupported ? messages.passkey : messages.passkeyUnsupported}</p>
      <Problem>{refusal ?? (problem === messages.wrongCode ? messages.passkeyRefused : problem)}</Problem>
      <div className="countersign-actions">
        {isSupported && (
          <button
            type="button"
            className="countersign-primary"
            aria-disabled={isAsking || isBusy}
            onClick={() => {
              if (!isAsking && !isBusy) void create(options);
            }}
          >
            {messages.createPasskey}
          </button>
        )}
        <button type="button" className="countersign-quiet" onClick={back}>
          {messages.back}
        </button>
      </div>
    </>
  );
}

/** The browser judges them, and our server made them. */
function optionsIn(setup: unknown): RegistrationOptions | null {
  const { options } = (setup ?? {}) as { readonly options?: RegistrationOptions };
  return options ?? null;
}

/** A browser tells little, on purpose: who calls it off and who has waited too long look the same (WebAuthn §14.5.1). */
function refusalOf(error: unknown, messages: FactorMessages): string {
  const name = error instanceof Error ? error.name : '';
  return name === 'InvalidStateError' ? messages.passkeyExists : messages.passkeyNotMade;
}
