import { expect } from 'vitest';
import { authorizationMatchers, type AuthorizationMatchers } from './authorization/matchers.ts';

declare module 'vitest' {
  // Its parameters are vitest's; a matcher that waits has its own answer.
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends AuthorizationMatchers {}
}

expect.extend(authorizationMatchers);
