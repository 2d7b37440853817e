import type { Actor } from '../actor.ts';
import { createInternalRequest } from '../authorization-request/create.ts';
import { getAuthorizationRequest } from '../authorization-request/get.ts';
import { hashedData } from '../authorization-request/operation-data.ts';
import type { AuthorizationRequestView } from '../authorization-request/schema.ts';
import { bindings, satisfiesBinding, type Binding } from '../binding.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { factorsInForce, type FactorInForce } from '../factor/in-force.ts';
import { lockManagement } from '../factor/statement/lock.ts';
import { refusalWithRequest, standingRequest } from '../guard/refuse.ts';
import { useGrant } from '../guard/use-grant.ts';
import type { Wanted } from '../guard/wanted.ts';
import { formatId } from '../id.ts';
import { AfterRollback } from '../idempotency/after-rollback.ts';
import { isFirst, mayAddFirst } from './first-factor.ts';
import { managementOperation, type ManagementDisplay, type ManagementSlug } from './operation.ts';
import { authorizingFactor } from './statement/authorizing-factor.ts';

/** A change of what a subject can prove with. */
export interface ManagementChange {
  readonly slug: ManagementSlug;
  /** Whose factors are changed. Of a subject's own call: its own, which the caller has made sure of. */
  readonly subjectId: string;
  /** The change exactly (see `changeOf`): what is authorized is what is done. */
  readonly data: unknown;
  readonly display: ManagementDisplay;
  /** How strong the factor is that is added, changed or removed: of an old and a new strength the stronger. */
  readonly binding: Binding;
  /** What the caller passed along with the call. */
  readonly passedAlong?: unknown;
}

/** What a grant must be for. */
type ExactChange = Pick<ManagementChange, 'slug' | 'subjectId' | 'data' | 'binding'>;

/**
 * Runs a change of factors, once it is authorized; both in one transaction. The changes of one subject run one after
 * another.
 *
 * The service needs no authorization. A subject must have granted a request for exactly this change in this session:
 * the grant is used up together with the change, or neither is. Without one the call is refused and leaves a request to
 * be granted; the same call again finds it.
 *
 * The proof must be by a factor that the subject has already, and at least as strong as the factor that is changed; or
 * as the strongest that is in force, when that is weaker (bug 18: a factor that can be deleted at low assurance). So
 * whoever has lost its strongest factor cannot take it away or replace it with a weaker one: that needs the service.
 *
 * The effect is told the factor by which the change was authorized (its UUID; null for the service and for a first
 * factor): what waits for its confirmation keeps it, and ends with it.
 *
 * For the `write` of `once`: in a transaction that is there already it runs in that one.
 *
 * @throws CountersignError `forbidden` (devices, operators, a subject without a session, a first factor without a token
 * that names the procedure); `authorization_required` with the request; and what creating that one refuses by.
 */
export async function authorizeManagement<Result>(
  context: CoreContext,
  change: ManagementChange,
  effect: (writing: CoreContext, authorizedBy: string | null) => Promise<Result>,
): Promise<Result> {
  const { actor, database } = context;
  if (actor.kind !== 'service') ownerOf(actor);
  const run = async (writing: CoreContext): Promise<Result> => {
    await writing.db.query(lockManagement, { subjectId: change.subjectId });
    const authorizedBy = actor.kind === 'service' ? null : await grantingFactor(writing, change);
    return await effect(writing, authorizedBy);
  };
  if (context.db !== database.pool) return await run(context);
  return await database.transaction(async (db) => await run({ ...context, db }));
}

/** The subject that manages its own factors. A device and an operator manage none (the contract, §3). */
export function ownerOf(actor: Actor): { readonly subjectId: string; readonly sessionId: string | null } {
  if (actor.kind !== 'subject') throw new CountersignError('forbidden');
  return actor;
}

/**
 * To be called before a method is asked to begin, which may cost it work: refuses a subject that could not make this
 * change anyway, with the request that waits for exactly this change if there is one. It only refuses; whether the
 * change is authorized, {@link authorizeManagement} decides. How strong the new factor will be is not known yet, so
 * `binding` is the least that it can be.
 *
 * @throws CountersignError as `authorizeManagement`, but for a change that a request must still be made for.
 */
export async function refuseBeforehand(context: CoreContext, change: ExactChange): Promise<void> {
  if (context.actor.kind === 'service') return;
  const asked = await askedBy(context, change);
  const found = asked && (await standingRequest(context, asked));
  if (found?.state !== 'waiting') return;
  const id = formatId('authorizationRequest', found.id);
  const authorizationRequest = await getAuthorizationRequest(context, { id });
  throw new CountersignError('authorization_required', { authorizationRequest });
}

/** Uses the grant: the factor whose proof it was; null for a first factor. */
async function grantingFactor(writing: CoreContext, change: ManagementChange): Promise<string | null> {
  const asked = await askedBy(writing, change);
  if (asked === null) return null;
  const granted = await useGrant(writing, asked);
  if (granted) {
    const [proof] = await writing.db.query(authorizingFactor, { requestId: granted.id });
    // Only a factor can prove such a request: `factorIds` says which.
    if (!proof?.factor_id) throw new Error('a change of factors was granted by no factor');
    return proof.factor_id;
  }
  throw new AfterRollback(new CountersignError('authorization_required'), async () => {
    throw await refusalWithRequest(writing, asked, (asking) => createRequest(asking, change, asked));
  });
}

/** What this subject must have granted; null where it may add its first factor without. */
async function askedBy(context: CoreContext, change: ExactChange): Promise<Asked | null> {
  const { subjectId, sessionId } = ownerOf(context.actor);
  if (subjectId !== change.subjectId) throw new CountersignError('not_found');
  if (await isFirst(context, subjectId)) {
    if (!(await mayAddFirst(context, subjectId, change.slug))) throw new CountersignError('forbidden');
    return null;
  }
  // No session never equals a session: nothing could be granted for it.
  if (sessionId === null) throw new CountersignError('forbidden');
  return await askedOf(context, change, sessionId);
}

/** What must be granted. */
interface Asked extends Wanted {
  readonly sessionId: string;
  /** Whose proof it can be: what the subject has in force now, and nothing that a host says of it. */
  readonly factors: readonly FactorInForce[];
}

async function askedOf(context: CoreContext, change: ExactChange, sessionId: string): Promise<Asked> {
  const { slug, subjectId, data } = change;
  const factors = (await factorsInForce(context, { subjectId })).filter(authorizesManagement);
  if (factors.length === 0) throw new CountersignError('method_unavailable');
  return {
    subjectId,
    sessionId,
    slug,
    dataHash: hashedData(slug, data).hash,
    requiredBinding: requiredBinding(change.binding, factors),
    factors,
  };
}

/**
 * Whether a factor proves changes of factors. Every one does, but for those of methods that an operation must list by
 * name: of them only one that is made to recover by, which a recovery code is.
 */
function authorizesManagement({ configured: { method } }: FactorInForce): boolean {
  return !method.mustBeListed || method.recovers;
}

/** As strong as the factor in question, or as the strongest there is. */
function requiredBinding(own: Binding, factors: readonly FactorInForce[]): Binding {
  const reachable = bindings.filter((each) => factors.some(({ binding }) => satisfiesBinding(binding, each)));
  return reachable.findLast((each) => satisfiesBinding(own, each)) ?? 'none';
}

async function createRequest(
  context: CoreContext,
  { slug, data, display, passedAlong }: ManagementChange,
  asked: Asked,
): Promise<AuthorizationRequestView> {
  const { subjectId, sessionId, factors } = asked;
  return await createInternalRequest(context, {
    operation: managementOperation(slug, display, factors),
    data: hashedData(slug, data),
    subjectId,
    sessionId,
    requiredBinding: asked.requiredBinding,
    factorIds: factors.map(({ uuid }) => uuid),
    passedAlong,
  });
}
