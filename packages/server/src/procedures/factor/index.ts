import { confirm } from './confirm.ts';
import { create } from './create.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { update } from './update.ts';

export const factor = { list, create, confirm, update, remove };
