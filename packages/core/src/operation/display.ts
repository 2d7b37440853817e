import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** One line of what a person reads before authorizing. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The text a person reads and, with a key, signs. */
export interface Display {
  readonly title: string;
  readonly description: string | null;
  readonly facts: readonly Fact[];
}

export function hashDisplay(display: Display): Buffer {
  const { title, description, facts } = display;
  const canonical = canonicalize({
    title,
    description,
    facts: facts.map(({ label, value }) => ({ label, value })),
  });
  return createHash('sha256')
    .update('countersign/display/v1\0')
    .update(canonical ?? '')
    .digest();
}

/**
 * The display hash: what the person read, in one value. Base64url SHA-256 of
 * `"countersign/display/v1\0"` and the canonical form of `{ description, facts, title }`.
 */
export function displayHash(display: Display): string {
  return hashDisplay(display).toString('base64url');
}

// Control characters, and the marks that reorder text: with them one could make "pay 10" read as "pay 01"
// (CVE-2021-42574). U+200B–U+200F, U+2028–U+202E, U+2060–U+206F, U+061C, U+FEFF: invisible or reordering.
// oxlint-disable-next-line no-control-regex
const unreadable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Shows what cannot be seen: control and bidirectional marks appear as `\u202e` and the like. */
export function escapeLine(text: string): string {
  return text.replace(unreadable, escape);
}

/** As `escapeLine`, for text that may have several lines. */
export function escapeText(text: string): string {
  return text.split('\n').map(escapeLine).join('\n');
}
