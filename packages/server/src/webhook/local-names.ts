/**
 * Names that no public name server may answer (RFC 6761, RFC 8375, `.internal` of ICANN), and those that networks use
 * for themselves all the same.
 */
const localDomains = new Set([
  'localhost',
  'local',
  'localdomain',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'arpa',
  'onion',
  'alt',
]);

/**
 * Whether a name is one of a network of its own. A name without a dot is: the resolver would complete it with the
 * search domains of this machine. That its addresses would be judged as well is no reason to ask for it.
 */
export function isLocalName(name: string): boolean {
  const domain = name.slice(name.lastIndexOf('.') + 1);
  return domain === name || localDomains.has(domain);
}
