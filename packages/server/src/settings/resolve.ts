import type { z } from 'zod';
import { SettingsError } from './settings-error.ts';
import { gather, type Sources } from './sources.ts';
import { pathName, wrongSettings } from './wrong-settings.ts';

/** @throws SettingsError naming every wrong setting, each as the person wrote it. */
export function resolveSettings<Schema extends z.ZodType>(
  schema: Schema,
  sources: Sources,
): z.output<Schema> {
  const { values, nameOf } = gather(sources);
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new SettingsError(
    wrongSettings(parsed.error, ([setting, ...rest]) => pathName([nameOf(String(setting)), ...rest])),
  );
}
