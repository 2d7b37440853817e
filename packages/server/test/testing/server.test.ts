import { afterEach, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/index.ts';

let opened: TestServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await opened?.[Symbol.asyncDispose]();
});

it('a test server, whose inbox shows every code on a port, refuses to start in production', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const starting = startTestServer().then((server) => void (opened = server));
  await expect(starting).rejects.toThrow(
    'startTestServer is for tests and refuses to run with NODE_ENV=production',
  );
});
