import type { KeyedDevice, SecretDevice } from '../../method/methods/device/config.ts';

const nought = Buffer.alloc(32).toString('base64url');

/**
 * What is compared with where there is no such device, so that it takes as long. Whatever the comparison says, it was
 * nobody: the key is the base point of P-256, and whoever signs by it is refused all the same.
 */
export const nobody: { readonly keyed: KeyedDevice; readonly secret: SecretDevice } = {
  keyed: {
    kind: 'keyed',
    uuid: '',
    publicKey: {
      kty: 'EC',
      crv: 'P-256',
      x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
      y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
    },
  },
  secret: { kind: 'secret', uuid: '', digestKey: nought, digest: nought },
};
