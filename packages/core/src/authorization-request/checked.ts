import canonicalize from 'canonicalize';
import { actorKey } from '../actor.ts';
import type { CoreContext } from '../context.ts';
import { keyedDigest } from '../keys.ts';
import { formatId } from '../id.ts';
import type { Checked, RequestRow } from './row.ts';
import type { RightProof } from './verify.ts';

/**
 * What a right check leaves behind, for who made it and for a minute: the service may grant without the proof, and
 * whoever made it may present the very same proof once more. A time step or a recovery code is spent by the check, so
 * without this nobody could check a code and then use it.
 */
export function checkedBy(
  context: CoreContext,
  proof: RightProof,
  parsed: Record<string, unknown>,
): Checked | null {
  const { challenge, method, factor, binding, row } = proof;
  if (context.actor.kind !== 'service' && factor === null) return null;
  return {
    at: context.clock.now().getTime(),
    by: actorKey(context.actor),
    proofId: context.ids.uuid(),
    proof: factor === null ? null : proofDigest(context, row.id, parsed),
    challengeId: challenge?.id ?? context.ids.uuid(),
    method: method.key,
    factorId: factor?.uuid ?? challenge?.factorId ?? null,
    factorRenewals: factor?.renewals ?? challenge?.factorRenewals ?? null,
    binding,
  };
}

/** The check of this actor that still stands, or null. */
export function standingCheck(context: CoreContext, { checked }: RequestRow, now: Date): Checked | null {
  if (checked === null || checked.by !== actorKey(context.actor)) return null;
  return now < checkedUntil(context, checked) ? checked : null;
}

/** From when on a check stands no more. */
export function checkedUntil({ limits }: Pick<CoreContext, 'limits'>, { at }: Checked): Date {
  return new Date(at + limits.checkedSeconds * 1000);
}

/** Whether this is the proof that the check was made with. */
export function isCheckedProof(
  context: CoreContext,
  checked: Checked,
  uuid: string,
  parsed: Record<string, unknown>,
): boolean {
  return checked.proof !== null && checked.proof === proofDigest(context, uuid, parsed);
}

function proofDigest(context: CoreContext, uuid: string, parsed: Record<string, unknown>): string {
  const { id, key } = context.keys.active('code');
  const parts = ['checked proof', formatId('authorizationRequest', uuid), canonicalize(parsed) ?? ''];
  return `${id}.${keyedDigest(key, parts).toString('base64url')}`;
}
