/**
 * The first segments of our own procedures, now and by the contract. A token's scope names ours relative to our
 * router and a host's by its whole path: where both begin alike, a grant of one would open the other.
 */
const ours: ReadonlySet<string> = new Set([
  'authorizationRequest',
  'method',
  'factor',
  'confirmation',
  'device',
  'scopedToken',
  'event',
  'webhook',
  'audit',
  'operator',
  'serviceKey',
]);

export function isOurPath(path: string): boolean {
  return ours.has(path.split('.', 1)[0] ?? '');
}
