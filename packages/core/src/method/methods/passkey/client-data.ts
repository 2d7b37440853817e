import { decodeClientDataJSON } from '@simplewebauthn/server/helpers';

/**
 * Whether it was asked for in a page of ours itself, not in a frame on somebody else's page (WebAuthn §7.1, §7.2:
 * `crossOrigin` and `topOrigin`). Asked here because the library looks at neither when a passkey is registered, and
 * accepts a frame that does not name the page around it.
 */
export function isOfOwnPage(clientDataJSON: string): boolean {
  const { crossOrigin, topOrigin } = decodeClientDataJSON(clientDataJSON);
  return (crossOrigin === undefined || crossOrigin === false) && topOrigin === undefined;
}
