import type { CoreContext } from '../../context.ts';
import { eventParametersOf } from '../../event/parameters.ts';
import type { FactorRow } from '../../factor/row.ts';
import { promoteNext } from '../../factor/statement/change.ts';
import { formatId } from '../../id.ts';
import { latestExpiry } from '../../scoped-token/key/lifetimes.ts';
import { revokeSession } from '../../scoped-token/statement/revoke.ts';
import { endAuthorityOf } from '../end-authority.ts';
import type { DeviceRow } from './owned-device.ts';
import { promoteDevice } from './statement/primary.ts';
import { revokeDeviceRow } from './statement/revoke.ts';

/** A device that is no more, and which requests lost what it had approved. */
interface EndedDevice {
  readonly row: FactorRow;
  readonly closed: readonly string[];
}

/** A revocation lasts an hour longer than any token of today can live, as every revocation of a session. */
const marginMs = 3_600_000;

/**
 * Ends a device in the transaction of the call: the device itself, its tokens, what it has approved and nobody has
 * executed, and what it has authorized that is not in force yet. The device first: it locks the row, so that each statement after it sees what came before and nothing comes
 * after. Null when somebody was first.
 */
export async function endDevice(
  writing: CoreContext,
  device: DeviceRow,
  passedAlong: unknown,
): Promise<EndedDevice | null> {
  const { db, ids, clock } = writing;
  const told = eventParametersOf(writing, clock.now(), passedAlong);
  const [row] = await db.query(revokeDeviceRow, { ...told, id: device.id, eventId: ids.uuid() });
  if (!row) return null;
  const sessionId = formatId('factor', row.id);
  const latest = latestExpiry(told.now);
  await db.query(revokeSession, {
    ...told,
    revocationId: ids.uuid(),
    latestExpiry: latest,
    notAfter: new Date(latest.getTime() + marginMs),
    kind: 'sid',
    value: sessionId,
    sessionId,
    subjectId: null,
  });
  return { row, closed: await endAuthorityOf(writing, row, passedAlong) };
}

/** Where the primary device or the default factor is gone, another one takes its place. */
export async function succeedDevice(
  writing: CoreContext,
  subjectId: string,
  passedAlong: unknown,
): Promise<void> {
  const { db, ids, clock } = writing;
  const told = { ...eventParametersOf(writing, clock.now(), passedAlong), subjectId };
  await db.query(promoteDevice, { ...told, eventId: ids.uuid() });
  await db.query(promoteNext, { ...told, eventId: ids.uuid() });
}
