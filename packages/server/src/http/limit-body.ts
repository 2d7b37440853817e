import type { MiddlewareHandler } from 'hono';
import { refusal } from './refusal.ts';

/**
 * Refuses a body that is larger than this: by its declared length, which the HTTP parser holds it to, or
 * while counting what arrives when it declares none.
 */
export function limitBody(bytesMax: number): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const declared =
      c.req.header('transfer-encoding') === undefined ? c.req.header('content-length') : undefined;
    if (declared !== undefined) return Number(declared) <= bytesMax ? next() : refusal('PAYLOAD_TOO_LARGE');
    const body = await readAtMost(c.req.raw.body, bytesMax);
    if (body === null) return refusal('PAYLOAD_TOO_LARGE');
    const { url, method, headers, signal } = c.req.raw;
    c.req.raw = new Request(url, { method, headers, signal, body });
    return next();
  };
}

/** The whole stream, or null as soon as it has more than `bytesMax`. */
async function readAtMost(
  stream: ReadableStream<Uint8Array> | null,
  bytesMax: number,
): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
