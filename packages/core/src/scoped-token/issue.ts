import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { isFactorId } from './actor-of-token.ts';
import { askedScope } from './asked-scope.ts';
import { assertFitForUrl, carrierLetters, queryLifetimeSecondsMax } from './carriers.ts';
import type { Claims } from './cst1/claims.ts';
import { lifetimeSecondsMax } from './cst1/format.ts';
import { mintScopedToken } from './cst1/mint.ts';
import { narrowPresentedToken } from './narrow.ts';
import { carriedRequest, type CarriedRequest } from './paying-request.ts';
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
 * repetition by the same idempotency key gets its id and `token: null`. What a subject issues is the token it has
 * presented, narrowed.
 *
 * @example
 * ```ts
 * const { token } = await core.scopedToken.issue(service, { subjectId: 'ada', preset: 'subject', maxAgeSeconds: 600 });
 * ```
 * @throws CountersignError `forbidden`, `invalid_input`, `lifetime_too_long` beyond 24 hours, `scope_too_wide` for
 * a grant of everything; for `authorizationRequestId` what `consume` refuses by; `unavailable_dependency` when no
 * key can be had. For a subject what `narrowPresentedToken` says.
 */
export async function issueScopedToken(
  context: CoreContext,
  trust: TokenTrust,
  input: IssueInput,
): Promise<Issued> {
  const parsed = parseInput(issueInput, input);
  switch (context.actor.kind) {
    case 'service':
      return await mintForSubject(context, trust, parsed);
    case 'subject':
      return await narrowPresentedToken(context, parsed);
    case 'device':
    case 'operator':
      throw new CountersignError('forbidden');
  }
}

async function mintForSubject(context: CoreContext, trust: TokenTrust, parsed: Parsed): Promise<Issued> {
  const minting = mintingOf(parsed);
  if (minting.lifetimeSeconds > lifetimeSecondsMax) throw new CountersignError('lifetime_too_long');
  if (opensRoot(minting.scope)) throw new CountersignError('scope_too_wide');
  await trust.ready();
  return await once(context, 'scopedToken.issue', parsed, {
    write: async (writing) => {
      const request = await requestOf(writing, minting);
      const answer = await untilWritten(trust, () => mintAndWrite(writing, trust, minting, request));
      return { answer, repeated: { ...answer, token: null } };
    },
  });
}

interface Minting {
  readonly parsed: Parsed;
  readonly subjectId: string;
  readonly scope: Scope;
  readonly lifetimeSeconds: number;
  readonly carriers: string | undefined;
}

/**
 * What only a service must say, since a subject’s token says it already. The session of a device’s token is its
 * factor: by that it is known as a device’s, and ends with it. Without one it would act as the subject itself.
 */
function mintingOf(parsed: Parsed): Minting {
  const { subjectId, sessionId, preset, delegateId, maxAgeSeconds } = parsed;
  const scope = askedScope(parsed);
  if (subjectId === undefined) throw invalidInput(['subjectId'], 'is required');
  if (scope === null) throw invalidInput([], 'must have either scope or preset');
  if (delegateId !== undefined) throw invalidInput(['delegateId'], 'is for a subject that narrows its token');
  if (preset === 'device' && (sessionId === undefined || !isFactorId(sessionId)))
    throw invalidInput(['sessionId'], 'must be the factor of the device, fact_…');
  const carriers = carrierLetters(parsed.carriers);
  const lifetimeSeconds =
    maxAgeSeconds ?? (carriers?.includes('q') ? queryLifetimeSecondsMax : lifetimeSecondsDefault);
  assertFitForUrl(carriers, lifetimeSeconds, parsed.authorizationRequestId !== undefined);
  return { parsed, subjectId, scope, lifetimeSeconds, carriers };
}

async function requestOf(
  context: CoreContext,
  { parsed, subjectId }: Minting,
): Promise<CarriedRequest | null> {
  const { authorizationRequestId: id, sessionId = null } = parsed;
  return id === undefined ? null : await carriedRequest(context, { id, subjectId, sessionId });
}

/** Null when the key or the subject's epoch has moved on while it was minted. */
async function mintAndWrite(
  context: CoreContext,
  trust: TokenTrust,
  { parsed, subjectId, scope, lifetimeSeconds, carriers }: Minting,
  request: CarriedRequest | null,
): Promise<Issued | null> {
  const minting = trust.minting();
  if (minting === undefined) return null;
  const { sessionId, recipient, clientKeyThumbprint } = parsed;
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
    ...(carriers !== undefined && { car: carriers }),
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
