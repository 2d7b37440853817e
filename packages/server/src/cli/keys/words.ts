import type { Words } from '../in-process/in-words.ts';

export const keyWords: Words = {
  reasons: {
    not_found: 'There is no such key, or it was revoked already. List the keys with countersign keys.',
    unavailable: 'The keys of this installation are in a key service: rotate and revoke them there.',
  },
};
