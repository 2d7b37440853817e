import type { CoreContext } from '../../context.ts';
import { CountersignError } from '../../error.ts';
import type { FactorRow } from '../../factor/row.ts';
import { ownedFactor } from '../owned.ts';

/** A factor that is a device, which this actor may manage. */
export interface DeviceRow extends FactorRow {
  readonly device: NonNullable<FactorRow['device']>;
}

/** @throws CountersignError `not_found`, also for a factor that is no device; `forbidden`. */
export async function ownedDevice(
  context: CoreContext,
  input: { readonly id: string; readonly context?: unknown },
): Promise<DeviceRow> {
  const row = await ownedFactor(context, input);
  if (!isDevice(row)) throw new CountersignError('not_found');
  return row;
}

export function isDevice(row: FactorRow): row is DeviceRow {
  return row.device !== null;
}

/** What the person reads of a device: its name, and what it calls itself. */
export function factsOfDevice({ name, uuid }: { readonly name: string | null; readonly uuid: string }) {
  return { ...(name !== null && { Device: name }), 'Device id': uuid };
}
