import { check } from './check.ts';
import { confirm } from './confirm.ts';
import { request } from './request.ts';
import { use } from './use.ts';

export const confirmation = { request, confirm, check, use };
