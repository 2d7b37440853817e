import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createAddressGuard } from '../../src/webhook/address-guard.ts';
import type { Resolve } from '../../src/webhook/resolve.ts';

/** What a naive sender is given: the names of the attack, and what may be reached. */
export interface NaiveSurroundings {
  readonly resolve: Resolve;
  readonly allow: readonly string[];
}

type NaiveSender = (url: string, surroundings: NaiveSurroundings) => Promise<void>;

const forEver = new AbortController().signal;

/** Sends to whatever the URL names. */
const asItIs: NaiveSender = async (url, { resolve }) => {
  if (isName(url)) await post(url, asking(resolve));
  else await fetch(url, { method: 'POST', body: '{}', redirect: 'manual' });
};

/** Knows what private addresses look like, and looks at the text of the host. */
const judgesTheText: NaiveSender = async (url, surroundings) => {
  const { hostname } = new URL(url);
  const isPrivate = /^(?:localhost$|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[::1\]$)/;
  if (!isPrivate.test(hostname)) await asItIs(url, surroundings);
};

/** Judges the first address of a name, and lets the client have all. */
const judgesTheFirst: NaiveSender = async (url, { resolve, allow }) => {
  const { hostname } = new URL(url);
  const addresses = await resolve(hostname, forEver);
  if (isGood(addresses.slice(0, 1), allow)) await post(url, handing(addresses));
};

/** Judges all of them, and lets the client ask again. */
const asksAgain: NaiveSender = async (url, { resolve, allow }) => {
  const { hostname } = new URL(url);
  if (isGood(await resolve(hostname, forEver), allow)) await post(url, asking(resolve));
};

/** Pins what it has judged; and where there was nothing to judge, it goes on without (bug 39 of the list). */
const pinsIfResolved: NaiveSender = async (url, { resolve, allow }) => {
  const { hostname } = new URL(url);
  const addresses = await resolve(hostname, forEver).catch(() => []);
  if (!isGood(addresses, allow)) return;
  await post(url, addresses.length === 0 ? asking(resolve) : handing(addresses));
};

/** Judges and pins, and goes where it is told to go. */
const followsRedirects: NaiveSender = async (url, { allow }) => {
  if (isGood([new URL(url).hostname], allow)) await fetch(url, { method: 'POST', body: '{}' });
};

export const naiveSenders = {
  asItIs,
  judgesTheText,
  judgesTheFirst,
  asksAgain,
  pinsIfResolved,
  followsRedirects,
} as const satisfies Record<string, NaiveSender>;

export type NaiveName = keyof typeof naiveSenders;

function isName(url: string): boolean {
  const { hostname } = new URL(url);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && hostname !== 'localhost';
}

function isGood(addresses: readonly string[], allow: readonly string[]): boolean {
  const standingOf = createAddressGuard(allow);
  return addresses.every((address) => standingOf(address) !== 'refused');
}

const handing =
  (addresses: readonly string[]): LookupFunction =>
  (_host, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );

const asking =
  (resolve: Resolve): LookupFunction =>
  async (host, options, callback) => {
    try {
      handing(await resolve(host, forEver))(host, options, callback);
    } catch (error) {
      callback(error as NodeJS.ErrnoException, []);
    }
  };

async function post(url: string, lookup: LookupFunction): Promise<void> {
  const { request } = url.startsWith('https:') ? https : http;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(
      url,
      { method: 'POST', lookup, autoSelectFamily: true, agent: false } as http.RequestOptions,
      resolve,
    )
      .on('error', reject)
      .end('{}');
  });
  response.resume();
}
