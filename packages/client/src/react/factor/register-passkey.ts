import { startRegistration, WebAuthnAbortService } from '@simplewebauthn/browser';

/** Options for `navigator.credentials.create`, as `setup` of an enrolment has them. */
export type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

/**
 * The browser's ceremony that makes a passkey (WebAuthn Level 3, §7.1, as the page sees it); what it answers is `data`
 * of `factor.confirm`. The signal closes the browser's window. A file of its own: whoever makes no passkey loads none of it.
 *
 * @throws WebAuthnError of `@simplewebauthn/browser`.
 */
export async function registerPasskey(
  optionsJSON: RegistrationOptions,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const abort = (): void => WebAuthnAbortService.cancelCeremony();
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    return { response: await startRegistration({ optionsJSON }) };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
