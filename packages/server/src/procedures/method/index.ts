import { configure } from './configure.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';

export const method = { list, configure, remove };
