import { describe, expect, it } from 'vitest';
import { openSocket } from './support/socket.ts';
import { sharedServer } from './support/shared-server.ts';
import { throwFrames } from './support/throw-frames.ts';
import { transfer } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });

describe('5,000 hostile frames', () => {
  it.each([
    ['a stranger', false],
    ['the service', true],
  ])(
    'of %s end nothing but their connections, and learn nothing',
    { timeout: 60_000 },
    async (_name, known) => {
      const prototype = Object.getOwnPropertyNames(Object.prototype).sort().join();
      const server = shared();
      const url = `ws://localhost:${server.port}/trpc`;
      const params = known ? server.credential : undefined;
      const thrown = await throwFrames({ url, frames: 2500, seed: known ? 1 : 2, params });
      expect(thrown.leaks).toEqual([]);
      expect(thrown.answers).toBeGreaterThan(500);
      expect(Object.getOwnPropertyNames(Object.prototype).sort().join()).toBe(prototype);
      expect(server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
      using socket = await openSocket(server.port, { params: server.credential });
      expect((await socket.call('query', 'method.list')).result).toBeDefined();
    },
  );
});
