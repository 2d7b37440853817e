/**
 * As much of PostgreSQL's protocol as it takes to see a commit on its way (PostgreSQL documentation, "Message Formats"):
 * a simple `COMMIT`, or the Sync that ends a prepared statement which writes and stands in no transaction.
 */
export interface CommitWatch {
  /** The place in this chunk where the message begins that commits; null when none does. */
  find(chunk: Buffer): number | null;
}

const headBytes = 5;

export function watchCommits(): CommitWatch {
  let waiting = Buffer.alloc(0);
  let isStarted = false;
  let inTransaction = false;
  let bound = '';
  const writing = new Set<string>();

  /** Whether this message commits something. */
  function commits(type: string, body: Buffer): boolean {
    const [name = '', text = ''] = body.toString('latin1').split('\0');
    switch (type) {
      case 'Q':
        if (name.startsWith('BEGIN')) inTransaction = true;
        if (!/^(COMMIT|ROLLBACK)$/.test(name)) return false;
        inTransaction = false;
        return name === 'COMMIT';
      case 'P':
        if (/\b(INSERT|UPDATE|DELETE)\b/.test(text)) writing.add(name);
        return false;
      case 'B':
        bound = text;
        return false;
      case 'S':
        return !inTransaction && writing.has(bound);
      default:
        return false;
    }
  }

  return {
    find(chunk) {
      const before = waiting.length;
      let rest = before === 0 ? chunk : Buffer.concat([waiting, chunk]);
      let place = -before;
      let found: number | null = null;
      for (;;) {
        // The first message of a connection has no type.
        const typeBytes = isStarted ? 1 : 0;
        if (rest.length < headBytes) break;
        const bytes = rest.readUInt32BE(typeBytes) + typeBytes;
        if (rest.length < bytes) break;
        if (isStarted && commits(String.fromCharCode(rest[0]!), rest.subarray(headBytes, bytes)))
          found ??= Math.max(0, place);
        isStarted = true;
        place += bytes;
        rest = rest.subarray(bytes);
      }
      waiting = Buffer.from(rest);
      return found;
    },
  };
}
