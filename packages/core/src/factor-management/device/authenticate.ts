import type { z } from 'zod';
import type { CoreContext } from '../../context.ts';
import { CountersignError } from '../../error.ts';
import { identityDigest } from '../../factor/identity.ts';
import type { FactorRow } from '../../factor/row.ts';
import { openConfig } from '../../factor/sealed-config.ts';
import { formatId } from '../../id.ts';
import { once, type Written } from '../../idempotency/once.ts';
import { configuredMethods } from '../../method/configured.ts';
import { authenticationBytes } from '../../method/methods/device/bytes.ts';
import { isSecretOf, type DeviceConfig } from '../../method/methods/device/config.ts';
import { isSignedBy } from '../../method/methods/device/public-key.ts';
import { parseInput } from '../../parse.ts';
import { requireService } from '../../permission.ts';
import { issueScopedToken } from '../../scoped-token/issue.ts';
import type { TokenTrust } from '../../scoped-token/trust.ts';
import { nobody } from './nobody.ts';
import { markOfNonce } from './nonce-text.ts';
import type { DeviceRefusals } from './refusals.ts';
import { authenticateInput, type AuthenticateInput, type authenticateOutput } from './schema.ts';
import { forgetRefusals, useDevice } from './statement/authenticate.ts';
import { readDeviceInForce } from './statement/read.ts';

type Input = z.output<typeof authenticateInput>;
type Answer = z.output<typeof authenticateOutput>;

/** What is opened once for the process. */
export interface DeviceTrust {
  readonly trust: TokenTrust;
  readonly refusals: DeviceRefusals;
}

const lifetimeSeconds = 3600;

/**
 * A device says who it is, by its secret or by a signature over a nonce of ours, and gets its token: for an hour, for
 * what a device may do (the preset `device`), until the device is revoked. Anybody may try; an unknown device is
 * refused as one that is wrong, after the same work.
 *
 * @throws CountersignError `unauthenticated` for whatever is not right; `invalid_input`; `unavailable_dependency` when
 * no key for tokens can be had.
 */
export async function authenticateDevice(
  context: CoreContext,
  { trust, refusals }: DeviceTrust,
  input: AuthenticateInput,
): Promise<Answer> {
  const parsed = parseInput(authenticateInput, input);
  if (parsed.context !== undefined) requireService(context.actor);
  const row = await deviceInForce(context, parsed);
  const evidence = judge(context, row, parsed);
  if (!row || !evidence.isRight) {
    if (row) refusals.count(row.id);
    throw new CountersignError('unauthenticated');
  }
  await trust.ready();
  const { presented: _, ...services } = context;
  const sessionId = formatId('factor', row.id);
  const actor = { kind: 'device', subjectId: row.subject_id, factorId: sessionId } as const;
  return await once({ ...services, actor }, 'device.authenticate', parsed, {
    write: (writing) =>
      inTransaction(writing, (db) =>
        issue({ ...writing, db }, trust, { row, sessionId, mark: evidence.mark }),
      ),
  });
}

async function deviceInForce(
  context: CoreContext,
  { subjectId, uuid }: Input,
): Promise<FactorRow | undefined> {
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const identity = identityDigest('device', subjectId, { scope: 'subject', value: uuid });
  const [row] = await context.db.query(readDeviceInForce, { subjectId, identity });
  return methods.some(({ id, isActive }) => isActive && id === row?.method_id) ? row : undefined;
}

interface Evidence {
  readonly isRight: boolean;
  /** Of the nonce that was signed, which is used up by it; null for a secret. */
  readonly mark: string | null;
}

/** Everything is compared, whether there is such a device or not. */
function judge(context: CoreContext, row: FactorRow | undefined, said: Input): Evidence {
  const { subjectId, uuid } = said;
  const config = row && opened(context, row);
  if ('secret' in said) {
    const isRight = isSecretOf(config?.kind === 'secret' ? config : nobody.secret, said.secret);
    return { isRight: isRight && config?.kind === 'secret', mark: null };
  }
  const { nonce, signature } = said;
  const { publicKey } = config?.kind === 'keyed' ? config : nobody.keyed;
  const mark = markOfNonce(context, { subjectId, uuid }, nonce, context.clock.now());
  const isSigned = isSignedBy(publicKey, authenticationBytes({ device: uuid, nonce, subjectId }), signature);
  return { isRight: isSigned && mark !== null && config?.kind === 'keyed', mark };
}

function opened(context: CoreContext, row: FactorRow): DeviceConfig | undefined {
  if (row.config === null) return undefined;
  try {
    const place = { subjectId: row.subject_id, factorId: row.id };
    return openConfig(context, place, row.config) as DeviceConfig;
  } catch (cause) {
    const device = formatId('factor', row.id);
    context.logger.error({ device, cause }, 'the configuration of a device does not open');
    return undefined;
  }
}

interface Issuing {
  readonly row: FactorRow;
  readonly sessionId: string;
  readonly mark: string | null;
}

/** In one transaction, under the lock of the device's row: a token is there before a revocation, or never. */
async function issue(
  writing: CoreContext,
  trust: TokenTrust,
  { row, sessionId, mark }: Issuing,
): Promise<Written<Answer>> {
  const { db, clock } = writing;
  const spending = {
    factorId: row.id,
    factorRenewals: null,
    factorVersion: row.version,
    factorConfig: null,
    factorMark: mark,
  };
  const [used] = await db.query(useDevice, { ...spending, now: clock.now() });
  if (!used) throw new CountersignError('unauthenticated');
  if (row.device && 'refused' in row.device) await db.query(forgetRefusals, { id: row.id });
  // The device has shown who it is; that a token is made of it is the service's doing.
  const service: CoreContext = { ...writing, actor: { kind: 'service' } };
  const { token, expiresAt } = await issueScopedToken(service, trust, {
    subjectId: row.subject_id,
    preset: 'device',
    sessionId,
    maxAgeSeconds: lifetimeSeconds,
  });
  return { answer: { token, expiresAt }, repeated: { token: null, expiresAt } };
}

async function inTransaction<Result>(
  { db, database }: CoreContext,
  run: (db: CoreContext['db']) => Promise<Result>,
): Promise<Result> {
  return db === database.pool ? await database.transaction(run) : await run(db);
}
