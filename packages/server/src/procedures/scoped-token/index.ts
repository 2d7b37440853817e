import { introspect } from './introspect.ts';
import { issue } from './issue.ts';
import { list } from './list.ts';
import { revoke } from './revoke.ts';

export const scopedToken = { issue, introspect, list, revoke };
