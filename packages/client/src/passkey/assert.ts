import { startAuthentication, WebAuthnAbortService } from '@simplewebauthn/browser';
import type { PasskeyAssertion } from '../generated/schema.ts';

type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/**
 * The browser's ceremony with the options of a challenge (WebAuthn Level 3, §7.2, as the page sees it). Null when the
 * person closed it, or took too long: nothing was sent then, so it is no attempt.
 *
 * @throws WebAuthnError of `@simplewebauthn/browser` where there can be none: no passkeys here, or not for this domain.
 */
export async function assertPasskey(options: unknown, signal: AbortSignal): Promise<PasskeyAssertion | null> {
  const abort = (): void => WebAuthnAbortService.cancelCeremony();
  signal.addEventListener('abort', abort);
  try {
    const { id, rawId, type, response } = await startAuthentication({
      optionsJSON: options as RequestOptions,
    });
    return { id, rawId, type, response };
  } catch (error) {
    if (isCalledOff(error)) return null;
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** WebAuthn §5.1.4: one name for all that a person, or their time, has ended, so that a page learns nothing of it. */
function isCalledOff(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}
