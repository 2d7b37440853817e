import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireService } from '../permission.ts';
import type { Claims } from './cst1/claims.ts';
import { lifetimeSecondsMax } from './cst1/format.ts';
import { mintScopedToken } from './cst1/mint.ts';
import { carriedRequest, type CarriedRequest } from './paying-request.ts';
import { presets } from './presets.ts';
import { issueInput, lifetimeSecondsDefault, type issueOutput, type IssueInput } from './schema.ts';
import { opensRoot } from './scope/root.ts';
import type { Scope } from './scope/scope.ts';
import { insertToken, readSecurityEpoch } from './statement/issue.ts';
import { uuidOfTokenId } from './token-id.ts';
import type { TokenTrust } from './trust.ts';

type Issued = z.output<typeof issueOutput>;
type Parsed = z.output<typeof issueInput>;

/**
 * Issues a token that acts for a subject, for this service, for a while. It is answered once and kept nowhere: a
 * repetition by the same idempotency key gets its id and `token: null`.
 *
 * @example
 * ```ts
 * const { token } = await core.scopedToken.issue(service, { subjectId: 'ada', preset: 'subject', maxAgeSeconds: 600 });
 * ```
 * @throws CountersignError `forbidden`, `invalid_input`, `lifetime_too_long` beyond 24 hours, `scope_too_wide` for
 * a grant of everything; for `authorizationRequestId` what `consume` refuses by; `unavailable_dependency` when no
 * key can be had.
 */
export async function issueScopedToken(
  context: CoreContext,
  trust: TokenTrust,
  input: IssueInput,
): Promise<Issued> {
  const parsed = parseInput(issueInput, input);
  requireService(context.actor);
  const scope = scopeOf(parsed);
  const lifetimeSeconds = parsed.maxAgeSeconds ?? lifetimeSecondsDefault;
  if (lifetimeSeconds > lifetimeSecondsMax) throw new CountersignError('lifetime_too_long');
  if (opensRoot(scope)) throw new CountersignError('scope_too_wide');
  await trust.ready();
  return await once(context, 'scopedToken.issue', parsed, {
    write: async (writing) => {
      const request = await requestOf(writing, parsed);
      const answer = await untilWritten(trust, () =>
        mintAndWrite(writing, trust, { parsed, scope, lifetimeSeconds, request }),
      );
      return { answer, repeated: { ...answer, token: null } };
    },
  });
}

function scopeOf({ scope, preset }: Parsed): Scope {
  return preset === undefined ? (withoutUndefined(scope ?? {}) as Scope) : presets[preset];
}

async function requestOf(context: CoreContext, parsed: Parsed): Promise<CarriedRequest | null> {
  const { authorizationRequestId: id, subjectId, sessionId = null } = parsed;
  return id === undefined ? null : await carriedRequest(context, { id, subjectId, sessionId });
}

interface Minting {
  readonly parsed: Parsed;
  readonly scope: Scope;
  readonly lifetimeSeconds: number;
  readonly request: CarriedRequest | null;
}

/** Null when the key or the subject's epoch has moved on while it was minted. */
async function mintAndWrite(
  context: CoreContext,
  trust: TokenTrust,
  { parsed, scope, lifetimeSeconds, request }: Minting,
): Promise<Issued | null> {
  const minting = trust.minting();
  if (minting === undefined) return null;
  const { subjectId, sessionId, recipient, clientKeyThumbprint } = parsed;
  const [security] = await context.db.query(readSecurityEpoch, { subjectId });
  const securityEpoch = security?.security_epoch ?? 0;
  const now = context.clock.now();
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = new Date((issuedAt + lifetimeSeconds) * 1000);
  const jti = Buffer.from(context.randomness.bytes(16)).toString('base64url');
  const claims: Claims = {
    jti,
    sub: subjectId,
    aud: trust.audience,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    scp: scope,
    epo: securityEpoch,
    ...(recipient !== undefined && { rcp: recipient }),
    ...(sessionId !== undefined && { sid: sessionId }),
    ...(clientKeyThumbprint !== undefined && { cnf: { jkt: clientKeyThumbprint } }),
    ...(request !== null && { arq: request.claim }),
  };
  const token = mintScopedToken({ ...minting, claims });
  const id = uuidOfTokenId(jti);
  const [written] = await context.db.query(insertToken, {
    ...eventParametersOf(context, now, parsed.context),
    id,
    eventId: context.ids.uuid(),
    subjectId,
    sessionId: sessionId ?? null,
    recipient: recipient ?? null,
    kid: minting.kid,
    isOurKey: !trust.hasKeyService,
    requestId: request?.uuid ?? null,
    securityEpoch,
    expiresAt,
  });
  return written ? { token, id: formatId('scopedToken', id), expiresAt } : null;
}

const turnsMax = 5;

/** A rotation or a revocation of all tokens may happen at any moment, but not five times in a row. */
async function untilWritten(trust: TokenTrust, run: () => Promise<Issued | null>): Promise<Issued> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const issued = await run();
    if (issued) return issued;
    await trust.refresh();
  }
  throw new CountersignError('unavailable_dependency', { cause: new Error('no active key can be read') });
}

/** A list that was not given is not in the token. */
function withoutUndefined<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
