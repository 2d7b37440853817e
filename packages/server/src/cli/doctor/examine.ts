import { z } from 'zod';
import { loadConfigFile } from '../../settings/config-file.ts';
import * as field from '../../settings/fields.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { serveSchema } from '../../settings/schema.ts';
import { SettingsError, type WrongSetting } from '../../settings/settings-error.ts';
import { explain } from '../explain.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import type { Finding } from './finding.ts';
import { findingsOf } from './judge.ts';
import { natsFinding } from './nats.ts';

/** Looks at everything that can be looked at: what is wrong at one place says nothing of the others. */
export async function examine(options: InProcessOptions): Promise<readonly Finding[]> {
  const wrong = new Map<string, WrongSetting>();
  const look = async (part: (options: InProcessOptions) => Promise<Finding[]>): Promise<Finding[]> => {
    try {
      return await part(options);
    } catch (error) {
      if (!(error instanceof SettingsError)) return [problem('database', error)];
      for (const one of error.wrong) wrong.set(one.setting, one);
      return [];
    }
  };
  const found = [...(await look(installation)), ...(await look(server)), ...(await look(nats))];
  return wrong.size === 0 ? found : [problem('settings', new SettingsError([...wrong.values()])), ...found];
}

async function installation(options: InProcessOptions): Promise<Finding[]> {
  return await inProcess(options, async ({ core }) =>
    findingsOf(await core.diagnose(), await core.figures()),
  );
}

/** Those of a server that must be given may be given elsewhere: what is given here is what a server would take. */
const serverSchema = serveSchema.partial({ database: true, secret: true, serviceKey: true });

async function server({ db: database }: InProcessOptions): Promise<Finding[]> {
  const file = await loadConfigFile(process.cwd());
  resolveSettings(serverSchema, { commandLine: { database }, environment: process.env, file });
  return [];
}

const natsSchema = z.object({ natsUrl: field.natsUrl.optional() });

async function nats(): Promise<Finding[]> {
  const file = await loadConfigFile(process.cwd());
  const { natsUrl } = resolveSettings(natsSchema, { commandLine: {}, environment: process.env, file });
  return natsUrl === undefined ? [] : [await natsFinding(natsUrl)];
}

/** Its sentence says the way out as well; of what nobody foresaw there is no stack in it. */
function problem(name: string, error: unknown): Finding {
  const sentence = explain(error).replace(/\n\s+at .*/s, '');
  return { name, state: 'problem', says: sentence.replace(/\n\s*/g, ' ').trim() };
}
