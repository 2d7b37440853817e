import {
  actorOfToken,
  CountersignError,
  type Core,
  type TokenCarrier,
  type TokenVerdict,
} from '@countersign/core';
import { bearerCaller, keyCaller, knownCaller, nobody, several, type Caller } from './caller.ts';
import { inspectScopedToken } from '@countersign/core/scoped-token';
import type { DpopVerifier } from '../dpop/verifier.ts';
import type { ServerTelemetry } from '../telemetry/telemetry.ts';
import { parseAuthorization } from './authorization.ts';
import { serviceKeyPattern, type ServiceKeyCheck } from './service-key.ts';

/** What arrived with a request, or with the first message of a WebSocket. */
export interface Presentation {
  /** Every `Authorization` value that was given. */
  readonly authorizations: readonly string[];
  /** Tokens in the URL, where that is switched on. */
  readonly inQuery?: readonly string[] | undefined;
  readonly carrier: Exclude<TokenCarrier, 'q'>;
  /** A proof that the client holds the key its token is bound to (RFC 9449), and what it is for. */
  readonly possession?: PossessionProof | undefined;
}

export interface PossessionProof {
  readonly proof: string;
  readonly method: string;
  readonly url: string;
}

export interface Identification {
  readonly core: Core;
  readonly isBootstrapKey: ServiceKeyCheck;
  /** Authentication schemes in lower case that a token may come by. */
  readonly schemes: readonly string[];
  readonly dpop: DpopVerifier;
  readonly telemetry?: Pick<ServerTelemetry, 'add'> | undefined;
}

export type Identify = (presentation: Presentation) => Promise<Caller>;

/** The scheme of tokens that are bound to a client key (RFC 9449, §7.1): only here is a proof looked at. */
export const boundScheme = 'dpop';

/**
 * Who calls. Cookies are never looked at, so a page in somebody's browser cannot act by being open.
 *
 * @throws CountersignError `unavailable_dependency` when nobody can say whether a credential counts.
 */
export function createIdentify(identification: Identification): Identify {
  const { core, isBootstrapKey, schemes, dpop, telemetry } = identification;
  const { verifier, reject } = core.scopedToken;

  let bootstrapCaller: Caller | undefined;

  async function byServiceKey(presented: string): Promise<Caller> {
    if (!serviceKeyPattern.test(presented)) return nobody;
    const bootstrap = isBootstrapKey(presented);
    if (bootstrap !== null) return (bootstrapCaller ??= knownCaller(core, bootstrap));
    const actor = await core.serviceKey.find(presented);
    return actor !== null && 'keyId' in actor && actor.keyId !== undefined
      ? keyCaller(core, actor, actor.keyId)
      : nobody;
  }

  async function byToken(token: string, carrier: TokenCarrier): Promise<Caller> {
    return accept(token, await verifier.verify(token, { carrier }));
  }

  /** A token that is bound to no key has no business under this scheme. */
  async function byBoundToken(
    token: string,
    carrier: TokenCarrier,
    possession?: PossessionProof,
  ): Promise<Caller> {
    const unproven = await verifier.verify(token, { carrier });
    if (unproven.ok) {
      reject(unproven, { reason: 'not_bound' });
      return nobody;
    }
    const isOnlyUnproven = unproven.reason === 'client_key_unproven' && possession !== undefined;
    return accept(token, isOnlyUnproven ? await withProof(token, carrier, possession) : unproven);
  }

  /** @throws CountersignError `unavailable_dependency` when nobody can say: the token may be good. */
  function accept(token: string, verdict: TokenVerdict): Caller {
    telemetry?.add('token_verifications', { verdict: verdictOf(verdict) });
    if (verdict.ok) return bearerCaller(core, actorOfToken(verdict), { text: token, accepted: verdict });
    reject(verdict.known ?? null, { reason: verdict.reason });
    if (verdict.reason === 'revocations_unknown') throw new CountersignError('unavailable_dependency');
    return nobody;
  }

  /** Only now, when everything else about the token is right: a stranger's proof costs nothing to refuse. */
  async function withProof(
    token: string,
    carrier: TokenCarrier,
    possession: PossessionProof,
  ): Promise<TokenVerdict> {
    const inspection = inspectScopedToken(token);
    const clientKeys = inspection.ok ? inspection.restrictions.clientKeys : [];
    const holder = inspection.ok ? inspection.claims.sub : '';
    const proven = await dpop.verify({ ...possession, token, clientKeys, holder });
    return await verifier.verify(token, { carrier, provenKeys: proven.ok ? [proven.thumbprint] : [] });
  }

  return async ({ authorizations, inQuery = [], carrier, possession }) => {
    const [value, queried] = [authorizations[0], inQuery[0]];
    if (authorizations.length + inQuery.length > 1) return several;
    if (queried !== undefined) return await byToken(queried, 'q');
    const authorization = value === undefined ? null : parseAuthorization(value);
    if (authorization === null) return nobody;
    const { scheme, credential } = authorization;
    if (credential.startsWith('csk_')) return scheme === 'bearer' ? await byServiceKey(credential) : nobody;
    if (scheme === boundScheme) return await byBoundToken(credential, carrier, possession);
    return schemes.includes(scheme) ? await byToken(credential, carrier) : nobody;
  };
}

/** Unknown: nobody could say whether it was revoked. */
function verdictOf(verdict: TokenVerdict): 'accepted' | 'refused' | 'unknown' {
  if (verdict.ok) return 'accepted';
  return verdict.reason === 'revocations_unknown' ? 'unknown' : 'refused';
}
