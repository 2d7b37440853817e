interface Words {
  readonly says: string;
  readonly wayOut: string;
}

/** By SQLSTATE (PostgreSQL 18, appendix A), since what the server says itself may be in any language. */
const wordsOfState: Readonly<Record<string, Words>> = {
  '28000': {
    says: 'its user is not let in',
    wayOut: 'Check the user in DATABASE_URL, or --db: it must exist, and pg_hba.conf must let it in.',
  },
  '28P01': {
    says: 'its password is refused',
    wayOut: 'Check user and password in DATABASE_URL, or --db.',
  },
  '3D000': {
    says: 'there is none of this name',
    wayOut: 'Create it, or name another one in DATABASE_URL, or --db.',
  },
  '42501': {
    says: 'its user lacks a right',
    wayOut:
      'Migrate as the owner of the schema "countersign", and grant the user of the servers what docs/guides/deploy.md lists.',
  },
};

const malformed: Words = {
  says: 'its URL cannot be read',
  wayOut:
    'In DATABASE_URL, or --db, a port is at most 65535, and what is special in user and password is encoded: % is %25.',
};
const withoutTls: Words = {
  says: 'it has no TLS, which its URL asks for',
  wayOut: 'Switch ssl on in postgresql.conf, or leave sslmode out of DATABASE_URL, or --db.',
};
const untrusted: Words = {
  says: 'its certificate is not trusted',
  wayOut:
    'Name who signed it by sslrootcert= in DATABASE_URL, or --db, and the host by the name that is in it.',
};

/** As OpenSSL and Node call what is wrong with a certificate. */
const certificateCode =
  /^(?:CERT_[A-Z_]+|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT[A-Z_]*|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)[A-Z_]*|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Why a database cannot be used, where it can be said better than by a code; null where it cannot. */
export function databaseWords(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as NodeJS.ErrnoException;
    const words = wordsOf(current, code ?? '') ?? (current === error ? undefined : ofAddress(current));
    if (words === undefined) continue;
    const shown = code === undefined || words === malformed ? '' : ` (${code})`;
    return `The database cannot be used: ${words.says}${shown}. ${words.wayOut}`;
  }
  return null;
}

function wordsOf(error: Error, code: string): Words | undefined {
  if (error.message === 'The server does not support SSL connections') return withoutTls;
  if (certificateCode.test(code)) return untrusted;
  return wordsOfState[code];
}

/** Only as the cause of another error, which says that it was the database's. */
function ofAddress(error: Error): Words | undefined {
  const isMalformed =
    error instanceof URIError || (error as NodeJS.ErrnoException).code === 'ERR_INVALID_URL';
  return isMalformed ? malformed : undefined;
}
