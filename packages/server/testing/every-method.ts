import { builtInMethods, type Method, type Send } from '@countersign/core';

/** The relying party and its page, of a name that nobody has (RFC 6761 §6.2). */
export const testHost = 'app.test';
const origins = [`https://${testHost}`];

/**
 * Every method that comes with Countersign. A person has a mailbox, so one-time codes need no enrolment; whoever was
 * never met in this test has none.
 */
export function everyMethod(given: {
  readonly send: Send;
  readonly emailOf: (subjectId: string) => string | null;
}): readonly Method[] {
  const { otp, ...others } = builtInMethods;
  const resolve = ({ subjectId }: { readonly subjectId: string }) => {
    const address = given.emailOf(subjectId);
    return address === null ? null : { channel: 'email' as const, address };
  };
  const { send } = given;
  // What any of them may need, as a development server gives it.
  const surroundings = { send, rpId: testHost, origins };
  return [otp({ send, resolve }), ...Object.values(others).map((make) => make(surroundings))];
}
