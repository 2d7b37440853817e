import { unlock } from './unlock.ts';

export const operator = { unlock };
