import { idPrefix } from '../../id.ts';

/** What one node tells the others after its commits. */
export interface WakeUpMessage {
  /** Who tells it. */
  readonly node: string;
  readonly says: 'changed' | 'everything' | 'probe' | 'here';
  /** Public ids of requests that have changed, beside new ones. */
  readonly ids: readonly string[];
}

/** PostgreSQL takes payloads that are shorter than 8000 bytes. All of ours is ASCII. */
const bytesMax = 7999;
const everything = '*';
const probe = '?';
const here = '!';

/** Only requests are watched; whatever else has changed is in the log. */
export function isWatched(id: string): boolean {
  return id.startsWith(idPrefix('authorizationRequest'));
}

/** The ids that fit; when not all of them do, that everything may have changed. */
export function changedText(node: string, ids: Iterable<string>): string {
  const text = [node, ...ids].join(' ');
  return text.length <= bytesMax ? text : `${node} ${everything}`;
}

/** More ids than this are never told. */
export const idsMax = Math.floor(bytesMax / (idPrefix('authorizationRequest').length + 27));

/** Who sends it looks whether it hears itself, and who else is there. */
export function probeText(node: string): string {
  return `${node} ${probe}`;
}

/** The answer of all others. */
export function hereText(node: string): string {
  return `${node} ${here}`;
}

/**
 * Whoever may connect to the database may send anything on the channel. What comes of it is a look at the database,
 * and an id that nobody watches is nothing. One without a payload, as a program sends it that is no node, says nothing
 * of what has changed: everything may have.
 */
export function readMessage(text: string): WakeUpMessage {
  const [node = '', ...words] = text.split(' ');
  if (words[0] === probe) return { node, says: 'probe', ids: [] };
  if (words[0] === here) return { node, says: 'here', ids: [] };
  if (node === '' || words.includes(everything)) return { node, says: 'everything', ids: [] };
  return { node, says: 'changed', ids: words };
}
