import type { CoreServices } from '../context.ts';
import { formatId } from '../id.ts';
import type { AcceptedToken, KnownToken } from './cst1/accepted-token.ts';
import { queryLifetimeSecondsMax } from './carriers.ts';
import { createVerifiedTokenCache } from './cst1/cache.ts';
import type { Claims } from './cst1/claims.ts';
import { tokenPrefix } from './cst1/format.ts';
import { inspectScopedToken } from './cst1/inspect.ts';
import type { TokenRefusal } from './cst1/refusal.ts';
import { restrictionsOf, type Restrictions } from './cst1/restrictions.ts';
import { verifyScopedToken } from './cst1/verify.ts';
import { revocablesOf, type Revocable } from './revocation/revocation.ts';
import { findRevocation } from './revocation/statement.ts';
import { uuidOfTokenId } from './token-id.ts';
import type { TokenTrust } from './trust.ts';

/** How a token came: `h` a header, `w` the first message of a WebSocket, `q` a query parameter. */
export type TokenCarrier = 'h' | 'w' | 'q';

/**
 * What happens while revocations cannot be read and the last read is older than ten seconds: every token is
 * refused (`closed`), the database is asked for each token (`database`), or queries go on (`queries`).
 *
 * When they can be read and are only too many to be held, the database is asked for each token, whatever is
 * configured; what is configured is for when it does not answer either.
 */
export type WhenRevocationsAreStale = 'closed' | 'database' | 'queries';

/**
 * Why a token is refused, beyond what its own text says. For the audit log alone: outside there is one message.
 *
 * - `revoked`: itself, its delegate, its session, its key, or all of its subject
 * - `wrong_carrier`: it came another way than it allows
 * - `client_key_unproven`: it is bound to a key that the client has not proven to hold
 * - `revocations_unknown`: nobody can say whether it is revoked
 */
export type VerificationRefusal =
  | TokenRefusal
  | 'revoked'
  | 'wrong_carrier'
  | 'client_key_unproven'
  | 'revocations_unknown';

export interface VerifyOptions {
  readonly carrier: TokenCarrier;
  /** Thumbprints (RFC 7638) of the keys whose possession the client has proven for this call. */
  readonly provenKeys?: readonly string[] | undefined;
}

/** A token that may not be used. */
export interface RefusedTokenVerdict {
  readonly ok: false;
  readonly reason: VerificationRefusal;
  /** Which token it is: there only when its signature was right, so that nobody can say it of another’s. */
  readonly known?: KnownToken;
}

export type TokenVerdict = AcceptedToken | RefusedTokenVerdict;

/** What is known of a revocation; `only_queries` and `unknown` while revocations cannot be read. */
export type RevocationStanding = 'valid' | 'only_queries' | 'revoked' | 'unknown';

export interface TokenVerifier {
  /** A refusal is a value. The token is neither stored nor logged. */
  verify(token: string, options: VerifyOptions): Promise<TokenVerdict>;
  /** The same of a token that was accepted before, without its text: for every message of a stream or socket. */
  recheck(accepted: AcceptedToken): Promise<TokenVerdict>;
  /**
   * Whether all tokens of a subject from a security epoch were revoked: for tokens of another format, which name
   * neither themselves nor a session. A revocation is kept for as long as a token of ours can live, 24 hours, so
   * ask it of no token that lives longer.
   */
  standingOfSubject(subjectId: string, epoch: number): Promise<RevocationStanding>;
}

const rememberedMax = 10_000;

/**
 * Verifies tokens of this service, in the order of the format: form, key, signature, claims, time; then, for
 * every use and remembered or not, revocation and epoch, carrier, client key.
 *
 * @example
 * ```ts
 * const verdict = await verifier.verify(token, { carrier: 'h' });
 * if (verdict.ok && allowsProcedure(verdict.scope, 'query', 'event.list')) serve(verdict.subjectId);
 * ```
 */
export function createTokenVerifier(
  services: Pick<CoreServices, 'clock' | 'database' | 'logger'>,
  trust: TokenTrust,
  { whenStale }: { readonly whenStale: WhenRevocationsAreStale },
): TokenVerifier {
  const { clock, database, logger } = services;
  const cache = createVerifiedTokenCache({ entriesMax: rememberedMax });
  const seconds = (): number => clock.now().getTime() / 1000;

  async function standing(revocables: readonly Revocable[], epoch: number): Promise<RevocationStanding> {
    // What is known to be revoked stays so, however old the knowledge is.
    if (trust.isRevoked(revocables, epoch)) return 'revoked';
    if (await trust.isCurrent()) return trust.isRevoked(revocables, epoch) ? 'revoked' : 'valid';
    const isAsked = whenStale === 'database' || trust.isOverfull();
    const answer = isAsked ? await askDatabase(revocables, epoch) : null;
    return answer ?? (whenStale === 'queries' ? 'only_queries' : 'unknown');
  }

  /** Null when it cannot say. */
  async function askDatabase(
    revocables: readonly Revocable[],
    epoch: number,
  ): Promise<'revoked' | 'valid' | null> {
    try {
      return (await findRevoked(database, revocables, epoch, clock.now())) ? 'revoked' : 'valid';
    } catch (cause) {
      logger.warn({ cause }, 'the database cannot say whether a token is revoked');
      return null;
    }
  }

  return {
    async verify(token, { carrier, provenKeys = [] }) {
      try {
        await trust.ready();
      } catch {
        return refuse('revocations_unknown');
      }
      const keys = (kid: string) => trust.find(kid);
      const verified = verifyScopedToken(token, { keys, audience: trust.audience, now: seconds(), cache });
      if (!verified.ok) return refuseSigned(token, verified.reason);
      const { claims, blocks, scope } = verified;
      const known = knownOf(claims);
      const kid = keyIdOf(token);
      const found = await standing(revocablesOf(kid, claims, blocks), claims.epo ?? 0);
      if (found === 'revoked') return refuse('revoked', known);
      if (found === 'unknown') return refuse('revocations_unknown', known);
      const restrictions = restrictionsOf(verified);
      // The database may have taken a while; no skew is allowed for the end.
      if (!(seconds() < restrictions.endsAt)) return refuse('expired', known);
      if (!comesRightly(restrictions, carrier)) return refuse('wrong_carrier', known);
      if (!restrictions.clientKeys.every((key) => provenKeys.includes(key)))
        return refuse('client_key_unproven', known);
      return {
        ok: true,
        ...known,
        scope,
        restrictions,
        onlyQueries: found === 'only_queries',
        kid,
        claims,
        blocks,
      };
    },
    async recheck(accepted) {
      const { kid, claims, blocks, restrictions } = accepted;
      const known = knownOf(claims);
      if (trust.find(kid) === undefined) return refuse('unknown_key', known);
      const found = await standing(revocablesOf(kid, claims, blocks), claims.epo ?? 0);
      if (found === 'revoked') return refuse('revoked', known);
      if (found === 'unknown') return refuse('revocations_unknown', known);
      if (!(seconds() < restrictions.endsAt)) return refuse('expired', known);
      return { ...accepted, onlyQueries: found === 'only_queries' };
    },
    async standingOfSubject(subjectId, epoch) {
      try {
        await trust.ready();
      } catch {
        return 'unknown';
      }
      return await standing([{ kind: 'sub', value: subjectId }], epoch);
    },
  };
}

/** A token in a URL is in histories and logs, so it must be one that lives a minute at most, or is used once. */
function comesRightly(
  { carriers, startsAt, endsAt, requests }: Restrictions,
  carrier: TokenCarrier,
): boolean {
  if (!carriers.includes(carrier)) return false;
  return carrier !== 'q' || endsAt - startsAt <= queryLifetimeSecondsMax || requests.length > 0;
}

/** Whether the table says so; no memory is asked. */
export async function findRevoked(
  { pool }: CoreServices['database'],
  revocables: readonly Revocable[],
  epoch: number,
  now: Date,
): Promise<boolean> {
  const kinds = revocables.map(({ kind }) => kind);
  const values = revocables.map(({ value }) => value);
  const [found] = await pool.query(findRevocation, { kinds, values, epoch, now });
  return found?.revoked !== false;
}

/** Of a token that is known to be one. */
export function keyIdOf(token: string): string {
  return token.slice(tokenPrefix.length, token.indexOf('.', tokenPrefix.length));
}

/** The reasons that `verifyScopedToken` finds behind the signature. */
const signedRefusals: ReadonlySet<TokenRefusal> = new Set([
  'wrong_audience',
  'lifetime_too_long',
  'expired',
  'not_yet_valid',
]);

/** What was forged is not read. What was signed is read once more: that is rare, and a verdict does not say it. */
function refuseSigned(token: string, reason: TokenRefusal): RefusedTokenVerdict {
  const inspection = signedRefusals.has(reason) ? inspectScopedToken(token) : null;
  return refuse(reason, inspection?.ok ? knownOf(inspection.claims) : undefined);
}

function knownOf({ jti, sub, sid }: Claims): KnownToken {
  return { id: formatId('scopedToken', uuidOfTokenId(jti)), subjectId: sub, sessionId: sid ?? null };
}

function refuse(reason: VerificationRefusal, known?: KnownToken): RefusedTokenVerdict {
  return { ok: false, reason, ...(known && { known }) };
}
