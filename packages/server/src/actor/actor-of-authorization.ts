import type { Actor } from '@countersign/core';
import { serviceKeyPattern, type ServiceKeyCheck } from './service-key.ts';

/**
 * Who calls, by one `Authorization` value, whether it came in a header or as a connection parameter; cookies
 * are never looked at, so a page in somebody's browser cannot act by being open. Two headers arrive joined by
 * a comma and match nothing.
 */
export function actorOfAuthorization(value: string | null, isServiceKey: ServiceKeyCheck): Actor | null {
  const [, credential] = /^Bearer ([^\s,]+)$/i.exec(value ?? '') ?? [];
  if (credential === undefined || !serviceKeyPattern.test(credential)) return null;
  return isServiceKey(credential);
}
