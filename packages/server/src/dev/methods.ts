import { builtInMethods, type Method, type Send } from '@countersign/core';

export interface DevMethodsOptions {
  /** Takes the messages that would be sent. */
  readonly send: Send;
  /** Of the pages that may call. */
  readonly origins: readonly string[];
}

/**
 * Every method that comes with Countersign, so that each can be tried with nothing set up. Passkeys are made for
 * `localhost`, the one name that browsers let have them without TLS; an address such as 127.0.0.1 can have none
 * (WebAuthn §4).
 */
export function devMethods({ send, origins }: DevMethodsOptions): readonly Method[] {
  const local = origins.filter((origin) => new URL(origin).hostname === 'localhost');
  const { otp, ...others } = builtInMethods;
  // The one that needs no enrolment is the default.
  return [otp, ...Object.values(others)].map((make) => make({ send, rpId: 'localhost', origins: local }));
}
