import type { Secret } from '@countersign/core';
import { hkdfSync } from 'node:crypto';

const keyBytes = 32;

/** Derived apart from every key of ours (RFC 5869): what a demo seals says nothing about what we have sealed. */
export function demoKey(secret: Secret, purpose: string): Buffer {
  const active = typeof secret === 'string' ? secret : secret.active;
  const derived = hkdfSync(
    'sha256',
    Buffer.from(active, 'base64'),
    '',
    `countersign/demo/${purpose}`,
    keyBytes,
  );
  return Buffer.from(derived);
}
