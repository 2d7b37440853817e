import type { TRPCError } from '@trpc/server';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorShape } from '../error/error-shape.ts';
import { transformer } from '../trpc/input-transformer.ts';

/** Answers a connection that becomes no WebSocket as a call would be answered, and closes it. */
export function refuseUpgrade(socket: Duplex, error: TRPCError): void {
  const shape = errorShape(error);
  const { httpStatus } = shape.data;
  const body = JSON.stringify({ error: transformer.output.serialize(shape) });
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
  ];
  // Nobody else listens to it any more, and an error without a listener ends the process.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
