import { connect } from 'node:net';
import { socketPath } from './socket-directory.ts';

/** SSLRequest: its length and its code (PostgreSQL documentation, "Message Formats"). The answer is one byte. */
const question = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Whether a PostgreSQL answers at its socket. To be connected is no answer: the kernel does that for a process
 * that was killed a moment ago, or has not yet noticed that it is to stop.
 */
export function answers(socketDirectory: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath(socketDirectory));
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('connect', () => socket.write(question));
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
