import { list } from './list.ts';
import { stream } from './stream.ts';

export const event = { list, stream };
