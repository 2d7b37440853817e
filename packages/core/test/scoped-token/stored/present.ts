import { actorOfToken, type AcceptedToken, type Core, type CoreContext } from '../../../src/index.ts';

type IssueInput = Parameters<Core['scopedToken']['issue']>[1];
interface Issuer {
  readonly core: Core;
  readonly service: CoreContext;
}

export const own = { subjectId: 'ada', preset: 'subject' } as const;

/** A token of the service's, as it was accepted at the door. */
export async function accept({ core }: Pick<Issuer, 'core'>, text: string, carrier: 'h' | 'w' | 'q' = 'h') {
  const verdict = await core.scopedToken.verifier.verify(text, { carrier });
  if (!verdict.ok) throw new Error(verdict.reason);
  return verdict;
}

/** The context of a call by whoever presents this token. */
export async function present(issuer: Pick<Issuer, 'core'>, text: string): Promise<CoreContext> {
  const accepted: AcceptedToken = await accept(issuer, text);
  return issuer.core.context(actorOfToken(accepted), { text, accepted });
}

/** Issues by the service, and presents what was issued. */
export async function issueAndPresent(issuer: Issuer, input: IssueInput = own) {
  const { token, id, expiresAt } = await issuer.core.scopedToken.issue(issuer.service, input);
  const text = token ?? '';
  return { text, id, expiresAt, context: await present(issuer, text) };
}
