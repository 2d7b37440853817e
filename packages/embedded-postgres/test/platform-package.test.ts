import { expect, it } from 'vitest';
import { EmbeddedPostgresError } from '../src/index.ts';
import { findPlatformPackage } from '../src/platform-package.ts';

it.each(['win32-x64', 'linux-riscv64', 'freebsd-x64'])('%s has no binaries: set DATABASE_URL', (platform) => {
  expect(refusal(platform)).toMatchObject({
    code: 'unsupported_platform',
    message: `No embedded database: there are no PostgreSQL binaries for ${platform}. Set DATABASE_URL to a PostgreSQL of your own (15 or newer).`,
  });
});

it('binaries that were left out of the installation are named', () => {
  const other = process.platform === 'darwin' ? 'linux-x64' : 'darwin-arm64';
  expect(refusal(other)).toMatchObject({ code: 'unsupported_platform' });
  expect(refusal(other).message).toMatch(/is not installed|needs glibc/);
});

it('this machine has them, in the version that is promised', () => {
  expect(findPlatformPackage().version).toMatch(/^18\.4\./);
});

function refusal(platform: string): EmbeddedPostgresError {
  try {
    findPlatformPackage(platform);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) return error;
    throw error;
  }
  throw new Error(`${platform} was accepted`);
}
