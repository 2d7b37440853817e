import { createAuthorizer, type Authorizer } from '../authorization/authorizer.ts';
import type { CountersignClient } from '../countersign-client.ts';

const authorizers = new WeakMap<CountersignClient, Authorizer>();

/** The one authorizer of a client that everything of this door asks by: calls that are identical are one. */
export function authorizerOf(client: CountersignClient): Authorizer {
  const authorizer = authorizers.get(client) ?? createAuthorizer({ client });
  authorizers.set(client, authorizer);
  return authorizer;
}
