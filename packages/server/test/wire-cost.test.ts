import { describe, expect, it } from 'vitest';
import { openEventSource } from './support/event-source.ts';
import { sharedServer } from './support/shared-server.ts';
import { openSocket } from './support/socket.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });

/** A request of a subject of its own, granted. */
async function grantOne(subjectId: string): Promise<void> {
  const { cs, inbox } = shared();
  const { authorizationRequest } = cs.createCaller({ kind: 'service' });
  const { id } = await authorizationRequest.create({ ...transferRequest, subjectId });
  const code = inbox.messages()[0]!.code;
  await authorizationRequest.grant({ id, proof: { method: 'otp', code } });
}

const granted = (subjectId: string) => ({ subjectId, types: ['authorization_request.granted'] });

/** Every event goes over the wire to each of thousands that wait: what one costs is decided, not drifted into. */
describe('the grant of a request costs on the wire', () => {
  it('at most 820 bytes in one message over a WebSocket', async () => {
    const { port, credential } = shared();
    using socket = await openSocket(port, { params: credential });
    const frames: Buffer[] = [];
    await socket.subscribe('event.stream', granted('websocket'));
    socket.raw.on('message', (data: Buffer) => frames.push(data));
    await grantOne('websocket');
    await expect.poll(() => frames.length).toBe(1);
    expect(frames[0]!.length).toBeLessThanOrEqual(820);
  });

  it('at most 740 bytes as a server-sent event', async () => {
    const { url, credential } = shared();
    const input = encodeURIComponent(JSON.stringify({ json: granted('sse') }));
    await using stream = await openEventSource(`${url}/trpc/event.stream?input=${input}`, credential);
    await stream.next(); // that it is connected
    await grantOne('sse');
    const { id, data } = (await stream.next())!;
    expect(`id: ${id}\ndata: ${data}\n\n`.length).toBeLessThanOrEqual(740);
  });
});
