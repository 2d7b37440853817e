import { describe, expect, it } from 'vitest';
import { passkey, type PasskeyOptions } from '../../../src/method/methods/passkey.ts';

const right: PasskeyOptions = { rpId: 'example.org', origins: ['https://example.org'] };

describe('the options of a passkey', () => {
  const accepted: [string, PasskeyOptions][] = [
    ['the domain itself', right],
    ['a domain below it', { ...right, origins: ['https://app.example.org'] }],
    ['a port', { ...right, origins: ['https://app.example.org:8443'] }],
    ['localhost without https', { rpId: 'localhost', origins: ['http://localhost:3000'] }],
    ['a domain below localhost', { rpId: 'app.localhost', origins: ['http://app.localhost:3000'] }],
    [
      'an international domain as it is on the wire',
      { rpId: 'xn--bcher-kva.example', origins: ['https://xn--bcher-kva.example'] },
    ],
    ['a name', { ...right, rpName: 'Example Bank' }],
  ];
  it.each(accepted)('may be %s', (_, options) => {
    expect(passkey(options)).toMatchObject({
      key: 'passkey',
      binding: 'cryptographic',
      provesBy: 'factor',
      needsChallenge: true,
      mustBeListed: false,
    });
  });

  const refused: [string, PasskeyOptions, RegExp][] = [
    ['a relying party that is an origin', { ...right, rpId: 'https://example.org' }, /rpId/],
    ['a relying party with a port', { ...right, rpId: 'example.org:443' }, /rpId/],
    ['a relying party in capitals', { ...right, rpId: 'Example.org' }, /rpId/],
    ['a relying party with a dot at its end', { ...right, rpId: 'example.org.' }, /rpId/],
    ['a relying party that is an address', { rpId: '127.0.0.1', origins: ['https://127.0.0.1'] }, /rpId/],
    ['a relying party of one label', { rpId: 'org', origins: ['https://example.org'] }, /rpId/],
    ['an empty relying party', { ...right, rpId: '' }, /rpId/],
    ['no origin', { ...right, origins: [] }, /origins/],
    ['an origin with a path', { ...right, origins: ['https://example.org/'] }, /without a path/],
    ['an origin with its standard port', { ...right, origins: ['https://example.org:443'] }, /spells/],
    ['an origin in capitals', { ...right, origins: ['https://Example.org'] }, /spells/],
    ['a wildcard', { ...right, origins: ['https://*.example.org'] }, /spells|below/],
    ['no URL at all', { ...right, origins: ['example.org'] }, /spells/],
    ['an app for an origin', { ...right, origins: ['android:apk-key-hash:AAAA'] }, /spells/],
    ['http', { ...right, origins: ['http://example.org'] }, /https/],
    ['an origin of another domain', { ...right, origins: ['https://example.com'] }, /of example\.org/],
    ['an origin that only ends alike', { ...right, origins: ['https://evilexample.org'] }, /of example\.org/],
    [
      'an origin above the relying party',
      { rpId: 'app.example.org', origins: ['https://example.org'] },
      /of app/,
    ],
    [
      'one wrong origin among right ones',
      { ...right, origins: ['https://example.org', 'http://example.org'] },
      /https/,
    ],
    ['an empty name', { ...right, rpName: ' ' }, /rpName/],
  ];
  it.each(refused)('must not be %s', (_, options, message) => {
    expect(() => passkey(options)).toThrow(TypeError);
    expect(() => passkey(options)).toThrow(message);
  });
});
