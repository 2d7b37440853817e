import type { z } from 'zod';
import type { CoreContext } from '../../context.ts';
import { CountersignError, invalidInput } from '../../error.ts';
import { eventParametersOf } from '../../event/parameters.ts';
import { identityDigest } from '../../factor/identity.ts';
import { sealConfig } from '../../factor/sealed-config.ts';
import { deviceViewOf } from '../../factor/view.ts';
import { formatId } from '../../id.ts';
import { once, type Written } from '../../idempotency/once.ts';
import { configuredMethods, findConfigured, type ConfiguredMethod } from '../../method/configured.ts';
import { makeSecretDevice, type DeviceConfig } from '../../method/methods/device/config.ts';
import {
  devicePublicKey,
  thumbprintOf,
  type DevicePublicKey,
} from '../../method/methods/device/public-key.ts';
import { parseInput } from '../../parse.ts';
import { requireService } from '../../permission.ts';
import type { TokenTrust } from '../../scoped-token/trust.ts';
import { authorizeManagement, ownerOf, type ManagementChange } from '../authorize.ts';
import { factorsMax } from '../factors-max.ts';
import { endUnproven, isFirst } from '../first-factor.ts';
import { changeOf } from '../operation.ts';
import { endDevice } from './end-device.ts';
import { factsOfDevice, isDevice, type DeviceRow } from './owned-device.ts';
import { registerInput, type RegisterInput, type registerOutput } from './schema.ts';
import { readDeviceByName } from './statement/read.ts';
import { registerDeviceRow } from './statement/register.ts';

type Input = z.output<typeof registerInput>;
type Answer = z.output<typeof registerOutput>;

/**
 * Registers a device: with its public key, or with a secret of ours, which is in this answer and nowhere else. It can
 * prove from then on. A device that was revoked, or switched off, is registered anew under the same name: another
 * factor with another key or secret, and nothing of the old one works any more.
 *
 * @example
 * ```ts
 * const { device, secret } = await core.devices.register(service, { subjectId: 'ada', uuid: 'phone-1' });
 * ```
 * @throws CountersignError `device_exists`; `method_unavailable` where devices are not offered; `invalid_input` for a
 * key that is none; `rate_limited` for too many factors; and what `authorizeManagement` refuses by.
 */
export async function registerDevice(
  context: CoreContext,
  trust: TokenTrust,
  input: RegisterInput,
): Promise<Answer> {
  const parsed = parseInput(registerInput, input);
  const subjectId = subjectOf(context, parsed);
  const configured = await offeredDevice(context);
  const publicKey = parsed.publicKey === undefined ? null : devicePublicKey(parsed.publicKey);
  const change = changeBy(context, parsed, subjectId, publicKey);
  return await once(context, 'device.register', parsed, {
    write: async (writing) => {
      // Said before anybody is asked to authorize what cannot be done; it is looked at again under the lock.
      await knownDevice(writing, subjectId, parsed.uuid);
      return await authorizeManagement(writing, change, (authorized) =>
        write(authorized, { trust, configured, parsed, subjectId, publicKey }),
      );
    },
  });
}

function subjectOf({ actor }: CoreContext, { subjectId, context }: Input): string {
  if (actor.kind === 'service') {
    if (subjectId === undefined) throw invalidInput(['subjectId'], 'is required');
    return subjectId;
  }
  const owner = ownerOf(actor);
  if (context !== undefined) requireService(actor);
  if (subjectId !== undefined && subjectId !== owner.subjectId) throw new CountersignError('not_found');
  return owner.subjectId;
}

async function offeredDevice(context: CoreContext): Promise<ConfiguredMethod> {
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const configured = findConfigured(methods, 'device');
  if (!configured?.isActive) throw new CountersignError('method_unavailable');
  return configured;
}

/** What is authorized names the key by its thumbprint: no other key can be registered by it. */
function changeBy(
  context: CoreContext,
  parsed: Input,
  subjectId: string,
  publicKey: DevicePublicKey | null,
): ManagementChange {
  const { subjectId: _, publicKey: __, ...rest } = parsed;
  const { uuid, name = null } = parsed;
  return {
    slug: 'countersign.device.register',
    subjectId,
    data: {
      ...changeOf(context, subjectId, rest),
      ...(publicKey && { publicKeyThumbprint: thumbprintOf(publicKey) }),
    },
    display: {
      title: 'Register a device',
      facts: {
        ...factsOfDevice({ name, uuid }),
        ...(publicKey && { Key: thumbprintOf(publicKey) }),
        ...(parsed.isPrimary === true && { Primary: 'yes' }),
      },
    },
    binding: publicKey ? 'cryptographic' : 'server',
    passedAlong: parsed.context,
  };
}

interface Registration {
  readonly trust: TokenTrust;
  readonly configured: ConfiguredMethod;
  readonly parsed: Input;
  readonly subjectId: string;
  readonly publicKey: DevicePublicKey | null;
}

async function write(writing: CoreContext, registration: Registration): Promise<Written<Answer>> {
  const { trust, configured, parsed, subjectId, publicKey } = registration;
  const { uuid, name = null, slug = null, isPrimary = false } = parsed;
  const { db, ids, clock } = writing;
  const before = await endInactive(writing, subjectId, parsed);
  const id = ids.uuid();
  const { config, secret } = madeDevice(writing, uuid, publicKey);
  const first = await isFirst(writing, subjectId);
  const [row] = await db.query(registerDeviceRow, {
    ...eventParametersOf(writing, clock.now(), parsed.context),
    id,
    subjectId,
    method: configured.method.key,
    methodId: configured.id,
    title: name ?? '',
    binding: publicKey ? 'cryptographic' : 'server',
    identity: identityOf(writing, subjectId, uuid),
    config: sealConfig(writing, { subjectId, factorId: id }, config),
    uuid,
    name,
    slug,
    keyed: publicKey !== null,
    wantsPrimary: isPrimary || before.wasPrimary,
    factorsMax,
    eventId: ids.uuid(),
    primaryEventId: ids.uuid(),
  });
  if (!row) throw new CountersignError('rate_limited');
  if (first) await endUnproven(writing, subjectId, row.id);
  const device = deviceViewOf(row, [configured]);
  return {
    answer: { device, ...(secret !== undefined && { secret }) },
    repeated: { device, ...(secret !== undefined && { secret: null }) },
    afterCommit: async () => {
      writing.wake([formatId('factor', row.id), ...before.closed]);
      if (before.hasEnded) await trust.refresh();
    },
  };
}

function madeDevice(
  { randomness }: CoreContext,
  uuid: string,
  publicKey: DevicePublicKey | null,
): { readonly config: DeviceConfig; readonly secret?: string } {
  return publicKey ? { config: { kind: 'keyed', uuid, publicKey } } : makeSecretDevice(randomness, uuid);
}

function identityOf(context: CoreContext, subjectId: string, uuid: string): Buffer {
  return identityDigest('device', subjectId, { scope: 'subject', value: uuid });
}

/**
 * The device of this name that was switched off; null when there is none.
 *
 * @throws CountersignError `device_exists` for an active one.
 */
async function knownDevice(context: CoreContext, subjectId: string, uuid: string): Promise<DeviceRow | null> {
  const identity = identityOf(context, subjectId, uuid);
  const [known] = await context.db.query(readDeviceByName, { subjectId, identity });
  if (known?.is_active) throw new CountersignError('device_exists');
  return known && isDevice(known) ? known : null;
}

interface Room {
  readonly hasEnded: boolean;
  readonly wasPrimary: boolean;
  readonly closed: readonly string[];
}

/** A device that was switched off makes room for itself: its tokens end, and its secret or key proves nothing more. */
async function endInactive(writing: CoreContext, subjectId: string, { uuid, context }: Input): Promise<Room> {
  const known = await knownDevice(writing, subjectId, uuid);
  const ended = known && (await endDevice(writing, known, context));
  return {
    hasEnded: ended !== null,
    wasPrimary: known?.device.isPrimary ?? false,
    closed: ended?.closed ?? [],
  };
}
