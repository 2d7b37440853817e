import { create } from './create.ts';
import { deliveries } from './deliveries.ts';
import { list } from './list.ts';
import { remove } from './remove.ts';
import { replay } from './replay.ts';
import { rotateSecret } from './rotate-secret.ts';
import { test } from './test.ts';
import { update } from './update.ts';

export const webhook = { create, list, update, remove, rotateSecret, test, deliveries, replay };
