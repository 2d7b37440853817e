import type { CoreServices } from '../context.ts';
import type { MethodConfiguration } from '../method/configured.ts';
import { settingsOf } from '../method/settings.ts';
import type { MethodConfigurationRow } from './row.ts';
import { unsealSettings } from './sealed-settings.ts';

/**
 * A row, opened. What was stored is parsed anew, so that a hook finds what its method's schema says today: its
 * defaults, its dates. One that does not open, or does not fit any more, is there and inactive: were it left out, a
 * method that an operator had switched off would come back as code configures it.
 */
export function openConfiguration(
  { keys, methods }: Pick<CoreServices, 'keys' | 'methods'>,
  row: MethodConfigurationRow,
  onUnreadable: (row: MethodConfigurationRow) => void,
): MethodConfiguration {
  const { id, method: key, title, is_active: isActive, is_default: isDefault } = row;
  const method = methods.get(key);
  const known = { id, key, title };
  if (!method) return { ...known, settings: {}, isActive, isDefault };
  try {
    return { ...known, settings: settingsOf(method).parse(unsealSettings(keys, row)), isActive, isDefault };
  } catch {
    onUnreadable(row);
    return { ...known, settings: {}, isActive: false, isDefault: false };
  }
}
