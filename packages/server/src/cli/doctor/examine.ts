import { z } from 'zod';
import { loadConfigFile } from '../../settings/config-file.ts';
import * as field from '../../settings/fields.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { SettingsError } from '../../settings/settings-error.ts';
import { explain } from '../explain.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import type { Finding } from './finding.ts';
import { findingsOf } from './judge.ts';
import { natsFinding } from './nats.ts';

/** Looks at everything that can be looked at: what is wrong at one place says nothing of the others. */
export async function examine(options: InProcessOptions): Promise<readonly Finding[]> {
  return [...(await installation(options)), ...(await nats())];
}

async function installation(options: InProcessOptions): Promise<Finding[]> {
  try {
    return await inProcess(options, async ({ core }) =>
      findingsOf(await core.diagnose(), await core.figures()),
    );
  } catch (error) {
    return [failure(error)];
  }
}

const schema = z.object({ natsUrl: field.natsUrl.optional() });

async function nats(): Promise<Finding[]> {
  try {
    const file = await loadConfigFile(process.cwd());
    const { natsUrl } = resolveSettings(schema, { commandLine: {}, environment: process.env, file });
    return natsUrl === undefined ? [] : [await natsFinding(natsUrl)];
  } catch (error) {
    return [failure(error)];
  }
}

/** Its sentence says the way out as well; of what nobody foresaw there is no stack in it. */
function failure(error: unknown): Finding {
  const name = error instanceof SettingsError ? 'settings' : 'database';
  const sentence = explain(error).replace(/\n\s+at .*/s, '');
  return { name, state: 'problem', says: sentence.replace(/\n\s*/g, ' ').trim() };
}
