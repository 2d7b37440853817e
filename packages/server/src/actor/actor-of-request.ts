import type { Actor } from '@countersign/core';
import { serviceKeyPattern, type ServiceKeyCheck } from './service-key.ts';

/**
 * Who calls over HTTP, by the `Authorization` header alone; cookies are never looked at, so a page in
 * somebody's browser cannot act by being open. Two values arrive joined by a comma and match nothing.
 */
export function actorOfRequest(request: Request, isServiceKey: ServiceKeyCheck): Actor | null {
  const [, credential] = /^Bearer ([^\s,]+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (credential === undefined || !serviceKeyPattern.test(credential)) return null;
  return isServiceKey(credential);
}
