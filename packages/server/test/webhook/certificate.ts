import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A key and its certificate, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority extends Certificate {
  /** For a name or an IPv4 address; valid now unless `validTo` says otherwise. */
  issue(name: string, options?: { readonly validTo?: Date }): Certificate;
}

const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
};
const dnsName = 0x82;
const ipAddress = 0x87;

/** X.690: one value with its tag and length. */
function der(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([kind, ...size]), content]);
}

const sequence = (...parts: readonly Uint8Array[]) => der(tag.sequence, ...parts);
const oid = (hex: string) => der(tag.oid, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const named = (name: string) =>
  sequence(der(tag.set, sequence(oid('550403'), der(tag.utf8, Buffer.from(name)))));
const utcTime = (date: Date) =>
  der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
const extension = (id: string, value: Uint8Array) => sequence(oid(id), der(tag.octetString, value));
const isAuthority = extension('551d13', sequence(Buffer.from([0x01, 0x01, 0xff])));

function subjectAlternative(name: string): Buffer {
  const isAddress = /^[\d.]+$/.test(name);
  const value = isAddress ? Buffer.from(name.split('.').map(Number)) : Buffer.from(name);
  return extension('551d11', sequence(der(isAddress ? ipAddress : dnsName, value)));
}

interface Written {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signedBy: KeyObject;
  readonly extensions: Uint8Array;
  readonly validTo: Date;
}

/** RFC 5280, §4.1: what stands in a certificate, signed. */
function written({ issuer, subject, publicKey, signedBy, extensions, validTo }: Written): string {
  const year = 365 * 86_400_000;
  const content = sequence(
    der(0xa0, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    named(issuer),
    sequence(utcTime(new Date(validTo.getTime() - year)), utcTime(validTo)),
    named(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions)),
  );
  const signature = der(tag.bitString, Buffer.from([0]), sign('sha256', content, signedBy));
  const base64 = sequence(content, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

/** An authority of one test, whose certificates nobody else knows. Node.js reads certificates, but makes none. */
export function createAuthority(subject = 'Authority of a test'): Authority {
  const { privateKey, publicKey } = newKey();
  const tomorrow = new Date(Date.now() + 86_400_000);
  const of = { issuer: subject, signedBy: privateKey };
  return {
    key: pem(privateKey),
    cert: written({ ...of, subject, publicKey, extensions: isAuthority, validTo: tomorrow }),
    issue(name, { validTo = tomorrow } = {}) {
      const pair = newKey();
      const extensions = subjectAlternative(name);
      const cert = written({ ...of, subject: name, publicKey: pair.publicKey, extensions, validTo });
      return { key: pem(pair.privateKey), cert };
    },
  };
}
