import { list } from './list.ts';

export const method = { list };
