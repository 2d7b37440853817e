import { differences, textOf, type ExpectedAuthorization, type OperationOrSlug } from './expectation.ts';
import { outcomeOf, type Call, type Outcome } from './outcome.ts';

/** What `expect` is given by {@link authorizationMatchers}: for the types of your own runner. */
export interface AuthorizationMatchers {
  /**
   * The call is refused until a person has authorized it: this operation, if one is named, with these facts and data.
   * With `.not` it must succeed, or be asked to authorize something else; a call that fails otherwise fails the test.
   *
   * @example
   * ```ts
   * await expect(bank.transfer(data)).toRequireAuthorization('transfer', { facts: { Amount: '€ 2,500' } });
   * ```
   */
  toRequireAuthorization(operation?: OperationOrSlug, expected?: ExpectedAuthorization): Promise<void>;
}

interface MatcherContext {
  readonly isNot?: boolean;
}

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * For `expect.extend(…)` of vitest and of Jest: functions that import neither. In vitest
 * `import '@countersign/server/testing/vitest'` does it, with the types.
 *
 * @example
 * ```ts
 * expect.extend(authorizationMatchers);
 * ```
 */
export const authorizationMatchers = {
  async toRequireAuthorization(
    this: MatcherContext | void,
    received: unknown,
    operation?: OperationOrSlug,
    expected: ExpectedAuthorization = {},
  ): Promise<MatcherResult> {
    if (!isCall(received))
      throw new TypeError('expect() was given no call: a promise is needed, or a function that makes one');
    const outcome = await outcomeOf(received);
    const wrong = outcome.kind === 'asked' ? differences(outcome.request, operation, expected) : [];
    const subject = `the call ${this?.isNot ? 'not ' : ''}to require authorization${nameOf(operation)}`;
    return {
      // What fails otherwise is neither: `.not` must not pass because something else is broken.
      pass: outcome.kind === 'failed' ? this?.isNot === true : outcome.kind === 'asked' && wrong.length === 0,
      message: () => `expected ${subject}, but ${whatHappened(outcome, wrong)}`,
    };
  },
};

function isCall(value: unknown): value is Call {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
  );
}

function nameOf(operation: OperationOrSlug | undefined): string {
  if (operation === undefined) return '';
  return ` for "${typeof operation === 'object' ? operation.slug : operation}"`;
}

/** For a person who reads a failed test. */
export function whatHappened(outcome: Outcome, wrong: readonly string[] = []): string {
  switch (outcome.kind) {
    case 'answered':
      return `it went through and answered ${textOf(outcome.answer)}`;
    case 'failed':
      return `it failed otherwise: ${outcome.text}`;
    case 'asked': {
      const { id, slug, title, facts } = outcome.request;
      if (wrong.length > 0) return `what it asks for is something else (${id}):\n  ${wrong.join('\n  ')}`;
      const shown = facts.map(({ label, value }) => `${label}: ${value}`).join(', ');
      return `it asks to authorize "${slug}" (${id}): ${[title, shown].filter(Boolean).join('; ')}`;
    }
  }
}
