import type { ConfiguredMethod } from '../method/configured.ts';
import type { Recipient } from '../method/define.ts';

/**
 * The place that the data names, where the method takes such data: this is how a host confirms a changed address. The
 * method is not asked whether it would rather go elsewhere; what is confirmed is that somebody reads messages there.
 *
 * Bug 50, the browser names the address that the code goes to: a subject may, within the limits of messages, since what
 * it gets is bound to that address. `use` serves it only to a host that names the very same one as `data`; one that
 * asks "is it really her?" leaves `data` out, and is served only by a message to where the host itself sends them.
 */
export function recipientNamedBy({ method }: ConfiguredMethod, data: unknown): Recipient | null {
  const given = method.enrolment?.given.safeParse(data);
  return given?.success ? method.recipientOf(given.data) : null;
}
