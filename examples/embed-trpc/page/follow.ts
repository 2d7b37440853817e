import type { AuthorizationRequest, CountersignClient } from '@countersign/client';

/**
 * Shows the newest requests, oldest of them first, and each again whenever something has happened to it, until
 * the client is closed. The place in the log is asked for first, so that nothing falls between the two.
 *
 * @throws CountersignError `unauthenticated` when the person has signed out.
 */
export async function followRequests(
  { authorizationRequest, event }: CountersignClient,
  show: (request: AuthorizationRequest) => void,
): Promise<void> {
  const { cursor } = await event.list({ from: 'now' });
  const { items } = await authorizationRequest.list({ limit: 10 });
  const requests = await Promise.all(items.map(({ id }) => authorizationRequest.get({ id })));
  for (const request of requests.reverse()) show(request);
  for await (const { about } of event.stream({ lastEventId: cursor ?? undefined, from: 'start' })) {
    if (about.kind === 'authorization_request') show(await authorizationRequest.get({ id: about.id }));
  }
}
