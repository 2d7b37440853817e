import { authenticate } from './authenticate.ts';
import { list } from './list.ts';
import { nonce } from './nonce.ts';
import { register } from './register.ts';
import { revoke } from './revoke.ts';
import { setPrimary } from './set-primary.ts';

export const device = { register, nonce, authenticate, list, setPrimary, revoke };
