import type { WebhookFailure } from '@countersign/core';
import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { agentTo } from './agent.ts';
import { webhookLimits } from './limits.ts';
import type { Target } from './target.ts';

/** What an endpoint has answered, or why there is no answer that counts. */
export type Posted = { readonly status: number; readonly retryAfter: string | undefined } | WebhookFailure;

export interface PostOptions {
  readonly target: Target;
  /** The only ones that are connected to, in this order. */
  readonly addresses: readonly LookupAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Ends everything, however far it is: without an answer that is `connection`, and whoever aborted knows better. */
  readonly signal: AbortSignal;
}

/**
 * One POST to addresses that were judged. Where the connection leads is compared with them once more before anything
 * is written. No redirect is followed, no connection kept, no proxy of the environment used.
 */
export async function post({ target, addresses, headers, body, ca, signal }: PostOptions): Promise<Posted> {
  const { isEncrypted, host, port, path, authority } = target;
  const { promise, resolve: settle } = Promise.withResolvers<Posted>();
  const request = (isEncrypted ? https : http).request({
    agent: agentTo(addresses, { isEncrypted, ca }),
    method: 'POST',
    host,
    port,
    path,
    headers: { ...headers, host: authority, 'content-length': String(Buffer.byteLength(body)) },
    maxHeaderSize: webhookLimits.answerHeadBytesMax,
    signal,
  });

  let isGreeting = false; // connected, and not encrypted yet
  request.once('socket', (socket) => {
    socket.once('connect', () => {
      isGreeting = isEncrypted;
      if (addresses.some(({ address }) => address === socket.remoteAddress)) return;
      settle('address_refused');
      request.destroy();
    });
    socket.once('secureConnect', () => (isGreeting = false));
  });
  request.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error, isGreeting)));
  request.once('response', (response) => settle(answerOf(response, request)));
  // Without either: an answer in another protocol, on which the connection was closed.
  request.once('close', () => settle('connection'));
  request.end(body);
  const posted = await promise;
  request.destroy();
  return posted;
}

function failureOf({ code = '' }: NodeJS.ErrnoException, isGreeting: boolean): WebhookFailure {
  if (code === 'HPE_HEADER_OVERFLOW') return 'too_large';
  return isGreeting ? 'tls' : 'connection';
}

/** The status counts as soon as it is there, however the rest goes: an endpoint that has accepted has accepted. */
async function answerOf(response: http.IncomingMessage, request: http.ClientRequest): Promise<Posted> {
  const { statusCode: status = 0, headers } = response;
  if (status >= 300 && status < 400) return 'redirected';
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > webhookLimits.answerBytesMax) request.destroy();
  });
  response.on('error', () => undefined);
  await new Promise((resolve) => response.once('close', resolve));
  return { status, retryAfter: headers['retry-after'] };
}
