import { list } from './list.ts';

export const event = { list };
