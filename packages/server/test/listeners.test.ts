import { describe, expect, it, vi } from 'vitest';
import type { CountersignEvent } from '../src/index.ts';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { transfer, transferData, transferRequest } from './support/transfer.ts';

async function grantOne(server: TestServer, subjectId: string, amountCents = 1): Promise<string> {
  const caller = server.cs.createCaller({ kind: 'service' });
  const { id } = await caller.authorizationRequest.create({
    ...transferRequest,
    subjectId,
    data: { ...transferData, amountCents },
  });
  await caller.authorizationRequest.grant({
    id,
    proof: { method: 'otp', code: server.inbox.messages()[0]!.code },
  });
  return id;
}

describe('a listener', () => {
  it('is told once of each event of its type, with the payload of the service and the request', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const granted: CountersignEvent<'authorization_request.granted'>[] = [];
    server.cs.on('authorization_request.granted', (event) => void granted.push(event));
    const id = await grantOne(server, 'ada');
    await vi.waitFor(() => expect(granted).toHaveLength(1));
    expect(granted[0]).toMatchObject({
      type: 'authorization_request.granted',
      subjectId: 'ada',
      sequence: 3,
      data: { method: 'otp', binding: 'server' },
      request: { id, state: 'granted', data: { amountCents: 1 } },
    });
  });

  it('is told of the operation it named, and of no other', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const [mine, others] = [vi.fn<() => void>(), vi.fn<() => void>()];
    server.cs.on('authorization_request.created', { slug: 'transfer' }, mine);
    server.cs.on('authorization_request.created', { slug: 'close-account' }, others);
    await grantOne(server, 'ada');
    await vi.waitFor(() => expect(mine).toHaveBeenCalledTimes(1));
    expect(others).not.toHaveBeenCalled();
  });

  it('that throws, or never ends, is logged and hinders nobody', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const told: string[] = [];
    server.cs.on('authorization_request.granted', () => {
      throw new Error('thrown');
    });
    server.cs.on('authorization_request.granted', async () => {
      throw new Error('rejected');
    });
    server.cs.on('authorization_request.granted', () => new Promise<void>(() => undefined));
    server.cs.on('authorization_request.granted', ({ subjectId }) => void told.push(String(subjectId)));
    await grantOne(server, 'ada');
    await grantOne(server, 'bob');
    await vi.waitFor(() => expect(told).toEqual(['ada', 'bob']));
    const failures = server.log.filter((line) => line.includes('a listener failed'));
    expect(failures.filter((line) => line.includes('thrown'))).toHaveLength(2);
    expect(failures.filter((line) => line.includes('rejected'))).toHaveLength(2);
  });

  it('that was removed hears nothing more', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const [removed, kept] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const remove = server.cs.on('authorization_request.granted', removed);
    server.cs.on('authorization_request.granted', kept);
    await grantOne(server, 'ada');
    await vi.waitFor(() => expect(kept).toHaveBeenCalledTimes(1));
    remove();
    remove();
    await grantOne(server, 'bob');
    await vi.waitFor(() => expect(kept).toHaveBeenCalledTimes(2));
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('hears of things in the order in which they happened', async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const heard: number[] = [];
    for (const type of [
      'authorization_request.created',
      'authorization_request.challenged',
      'authorization_request.granted',
    ] as const) {
      server.cs.on(type, ({ sequence }) => void heard.push(sequence));
    }
    await grantOne(server, 'ada');
    await vi.waitFor(() => expect(heard).toEqual([1, 2, 3]));
  });
});
