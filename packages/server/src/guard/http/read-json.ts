import { TRPCError } from '@trpc/server';
import { refuseInput } from '../../error/refuse-input.ts';
import { httpLimits } from '../../http/limits.ts';

/**
 * A body must be `application/json`: a form or plain text is what a hostile page can send across origins without asking
 * first (the "simple requests" of the Fetch standard).
 *
 * @throws TRPCError that is answered as 415.
 */
export function assertJson(contentType: string | null | undefined): void {
  const [type = ''] = (contentType ?? '').split(';', 1);
  if (type.trim().toLowerCase() !== 'application/json')
    throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' });
}

/**
 * The JSON of a request's body, of a copy: whoever comes next can read it as well. No more is read than a call of ours
 * may have.
 *
 * @throws TRPCError that is answered as 413; CountersignError `invalid_input` for what is no JSON in UTF-8 (RFC 8259 §8.1).
 */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readCopy(request);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuseInput('must be UTF-8');
  }
  return parse(text);
}

/**
 * By hand and not by `for await`: whoever leaves that loop waits until the copy is cancelled, and a copy is when its
 * original is as well (Streams standard, ReadableStreamDefaultTee).
 */
async function readCopy(request: Request): Promise<Uint8Array> {
  const body: ReadableStream<Uint8Array> | null = request.clone().body;
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytesLeft = httpLimits.bodyBytesMax;
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    bytesLeft -= read.value.byteLength;
    if (bytesLeft < 0) throw tooLarge();
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

/** The same of a body that somebody has read as text. */
export function parseJson(text: string): unknown {
  if (Buffer.byteLength(text) > httpLimits.bodyBytesMax) throw tooLarge();
  return parse(text);
}

function tooLarge(): TRPCError {
  return new TRPCError({ code: 'PAYLOAD_TOO_LARGE' });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refuseInput('must be JSON');
  }
}
