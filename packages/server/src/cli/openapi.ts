import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { targetOf } from '../dpop/target.ts';
import { omitProcedures } from '../omit-procedures.ts';
import { openApiDocument } from '../openapi/document.ts';
import { optionsSchema } from '../options.ts';
import { loadConfigFile } from '../settings/config-file.ts';
import { resolveSettings } from '../settings/resolve.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { StartError } from './start-error.ts';
import { answer, note } from './tell.ts';
import { countersignVersion } from './version.ts';

export interface OpenApiOptions {
  readonly out?: string;
  readonly server?: string;
}

/** As `countersign dev` and `serve` have it when nobody says otherwise. */
const serverDefault = 'http://localhost:4020';

const schema = z.object({
  procedures: optionsSchema.shape.procedures,
  publicUrl: optionsSchema.shape.publicUrl,
});

/** `countersign openapi`: what `/openapi.json` would say, without a server or a database. */
export async function openApi({ out, server }: OpenApiOptions): Promise<void> {
  const file = await loadConfigFile(process.cwd());
  const settings = resolveSettings(schema, { commandLine: {}, environment: process.env, file });
  const said = typeof settings.publicUrl === 'string' ? settings.publicUrl : serverDefault;
  const serverUrl = targetOf(server ?? said)?.replace(/\/+$/, '');
  if (serverUrl === undefined)
    throw new SettingsError([{ setting: '--server', expected: 'an http or https URL' }]);
  const document = openApiDocument({
    router: omitProcedures(settings.procedures.omit),
    version: countersignVersion(),
    serverUrl,
  });
  const text = JSON.stringify(document, null, 2);
  if (out === undefined) return answer(text);
  await writeFile(out, `${text}\n`).catch((cause: unknown) => {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new StartError(`The file ${out} cannot be written (${code}).`, { cause });
  });
  note(`Written to ${out}.`);
}
