import type { Actor } from '@countersign/core';
import { hash, timingSafeEqual } from 'node:crypto';

/** `csk_` and at least 32 visible characters; the comma is left out because it joins repeated headers. */
export const serviceKeyPattern = /^csk_[!-+\--~]{32,256}$/;

/** Whether a presented credential is the service key of this installation. */
export type ServiceKeyCheck = (presented: string) => Actor | null;

/**
 * Compares hashes of equal length in constant time: neither the time nor the length of a wrong key tells
 * anything about the right one.
 */
export function createServiceKeyCheck(key: string | undefined): ServiceKeyCheck {
  if (key === undefined) return () => null;
  const expected = hashOf(key);
  return (presented) =>
    timingSafeEqual(hashOf(presented), expected) ? { kind: 'service', keyId: 'bootstrap' } : null;
}

function hashOf(key: string): Buffer {
  return hash('sha256', `countersign/service-key/v1\0${key}`, 'buffer');
}
