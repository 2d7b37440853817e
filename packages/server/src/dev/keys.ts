import { systemRandomness, type Secret } from '@countersign/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceKeyPattern } from '../caller/service-key.ts';
import { isSecret } from '../settings/fields.ts';
import { keepKey } from './key-file.ts';

export interface DevKeys {
  readonly secret: Secret;
  readonly serviceKey: string;
  /** Null when it was given. */
  readonly secretFile: { readonly file: string; readonly created: boolean } | null;
  readonly serviceKeyFile: string | null;
}

interface GivenKeys {
  readonly secret?: Secret | undefined;
  readonly serviceKey?: string | undefined;
}

/** The keys of a development server: what was given, and for the rest files that only their owner reads. */
export async function openDevKeys(given: GivenKeys, directory: string): Promise<DevKeys> {
  if (given.secret === undefined || given.serviceKey === undefined) await keepOutOfGit(directory);
  const secret =
    given.secret === undefined ? await keepKey(join(directory, 'dev.key'), makeSecret, isSecret) : null;
  const serviceKey =
    given.serviceKey === undefined
      ? await keepKey(join(directory, 'service.key'), makeServiceKey, (text) => serviceKeyPattern.test(text))
      : null;
  return {
    secret: given.secret ?? secret?.value ?? makeSecret(),
    serviceKey: given.serviceKey ?? serviceKey?.value ?? makeServiceKey(),
    secretFile: secret && { file: secret.file, created: secret.created },
    serviceKeyFile: serviceKey?.file ?? null,
  };
}

function makeSecret(): string {
  return Buffer.from(systemRandomness.bytes(32)).toString('base64');
}

function makeServiceKey(): string {
  return `csk_${Buffer.from(systemRandomness.bytes(32)).toString('base64url')}`;
}

async function keepOutOfGit(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, '.gitignore'), '*\n', { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
}
