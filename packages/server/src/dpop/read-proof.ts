/** What stands in a proof. Nothing of it is proven. */
export interface WrittenProof {
  readonly header: unknown;
  readonly claims: unknown;
}

/**
 * Reads the two JSON parts of one compact JWS (RFC 7515, §7.1), or answers null for a text that is none.
 *
 * Stricter than parsers of JOSE: each part has the one spelling that base64url without padding gives it, and no
 * object names a member twice, so that everybody who reads a proof reads the same. Two `DPoP` headers arrive
 * joined by a comma, which is in no JWS.
 */
export function readProof(proof: string): WrittenProof | null {
  const parts = proof.split('.');
  const [header = '', claims = ''] = parts;
  if (parts.length !== 3 || !parts.every(isPlain)) return null;
  try {
    return { header: readJson(header), claims: readJson(claims) };
  } catch {
    return null;
  }
}

function isPlain(part: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws SyntaxError or TypeError for what is no JSON, or says something twice. */
function readJson(part: string): unknown {
  const text = utf8.decode(Buffer.from(part, 'base64url'));
  const value: unknown = JSON.parse(text);
  // A parser keeps the last of two members of one name; so there are fewer names afterwards.
  if (countNames(text) !== countNames(JSON.stringify(value)))
    throw new SyntaxError('a member is named twice');
  return value;
}

/** How many members the objects in a valid JSON text name: its strings that are followed by a colon. */
function countNames(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}
