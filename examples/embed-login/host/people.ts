import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Who has an account. Their names are their subject ids: what an authenticator app shows beside a code. */
export interface People {
  /** False when there is one of this name. */
  add(name: string, password: string): Promise<boolean>;
  isRight(name: string, password: string): Promise<boolean>;
}

interface Kept {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** OWASP's Password Storage Cheat Sheet, scrypt: one of the settings of equal strength. */
const cost = { N: 2 ** 14, r: 8, p: 5 };

/** In memory. How often a password may be tried is the host's to limit; this example leaves it out. */
export function createPeople(): People {
  const people = new Map<string, Kept>();
  // Compared with for an unknown name, so that the answer takes as long as for a known one.
  const nobody: Kept = { salt: randomBytes(16), hash: randomBytes(32) };
  return {
    async add(name, password) {
      const salt = randomBytes(16);
      const hash = await hashOf(password, salt);
      if (people.has(name)) return false;
      people.set(name, { salt, hash });
      return true;
    },
    async isRight(name, password) {
      const { salt, hash } = people.get(name) ?? nobody;
      return timingSafeEqual(await hashOf(password, salt), hash);
    },
  };
}

const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);

async function hashOf(password: string, salt: Buffer): Promise<Buffer> {
  return await derive(password.normalize('NFKC'), salt, 32, cost);
}
