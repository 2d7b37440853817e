import { cancel } from './cancel.ts';
import { challenge } from './challenge.ts';
import { check } from './check.ts';
import { consume } from './consume.ts';
import { create } from './create.ts';
import { deny } from './deny.ts';
import { get } from './get.ts';
import { grant } from './grant.ts';
import { list } from './list.ts';
import { reset } from './reset.ts';
import { watch } from './watch.ts';

export const authorizationRequest = {
  create,
  get,
  list,
  challenge,
  check,
  grant,
  deny,
  cancel,
  reset,
  consume,
  watch,
};
