import { describe, expect, it } from 'vitest';
import { gateOf, streamsThatWait } from '../../src/websocket/gate.ts';

describe('streams that wait for a slow reader', () => {
  it('are counted while they wait, and not when they may pass at once, have passed, or have left', async () => {
    const socket = { readyState: 1, bufferedAmount: 0 };
    const gate = gateOf(socket);
    const before = streamsThatWait();
    await gate.ready(new AbortController().signal);
    expect(streamsThatWait()).toBe(before);

    socket.bufferedAmount = 10_000_000;
    const leaving = new AbortController();
    const left = gate.ready(leaving.signal).catch(() => 'left');
    const passed = gate.ready(new AbortController().signal);
    expect(streamsThatWait()).toBe(before + 2);
    leaving.abort();
    expect(await left).toBe('left');
    expect(streamsThatWait()).toBe(before + 1);
    socket.bufferedAmount = 0;
    await passed;
    expect(streamsThatWait()).toBe(before);
  });
});
