import type { AuthorizationRequest } from '@countersign/client';

/** A binding in words: what it is that ties the approval to these values. */
export function strengthOf(binding: NonNullable<AuthorizationRequest['binding']>): string {
  switch (binding) {
    case 'cryptographic':
      return 'Signed over exactly these values';
    case 'server':
      return 'Tied to these values by the bank';
    case 'none':
      return 'A code, tied to nothing but the time';
  }
}
