import type { Actor } from '@countersign/core';
import type { IncomingMessage } from 'node:http';
import { actorOfAuthorization } from '../actor/actor-of-authorization.ts';
import type { ServiceKeyCheck } from '../actor/service-key.ts';

/**
 * Who calls over a WebSocket: by the connection parameter `authorization`, which is all that a browser can
 * give, or by the header of that name, which programs may send instead. Two credentials are none. Cookies are
 * never looked at, so a page cannot act by being open.
 */
export function actorOfCredentials(given: readonly string[], isServiceKey: ServiceKeyCheck): Actor | null {
  const [only = null, ...others] = given;
  return others.length === 0 ? actorOfAuthorization(only, isServiceKey) : null;
}

/** Every `Authorization` header of an upgrade request; Node's own table keeps the first one and drops the rest. */
export function headerCredentials({ rawHeaders }: IncomingMessage): readonly string[] {
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
}

/** The credential among connection parameters, when there is one. */
export function parameterCredentials(
  params: Readonly<Record<string, string | undefined>> | null,
): readonly string[] {
  const value =
    params !== null && Object.hasOwn(params, 'authorization') ? params['authorization'] : undefined;
  return value === undefined ? [] : [value];
}
