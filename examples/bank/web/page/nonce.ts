/** By which this answer's policy knows styles that are ours; undefined where the policy asks for none. */
export function nonceOfPage(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]');
  return meta?.nonce || meta?.content || undefined;
}
