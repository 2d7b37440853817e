import { CountersignError, invalidInput } from '../error.ts';
import type { Operation } from '../operation/define.ts';
import { escapeLine, escapeText, type Display, type Fact } from '../operation/display.ts';
import type { z } from 'zod';
import type { createInput } from './schema.ts';

/** What the person will read: made by the operation, or given by the service for a slug without one. */
export function displayOf(
  operation: Operation | undefined,
  data: unknown,
  input: z.output<typeof createInput>,
): Display {
  const display = operation ? displayFromOperation(operation, data, input.locale) : displayFromInput(input);
  assertWithinLimits(display);
  return {
    title: escapeLine(display.title),
    description: display.description === null ? null : escapeText(display.description),
    facts: display.facts.map(({ label, value }) => ({ label: escapeLine(label), value: escapeLine(value) })),
  };
}

function displayFromInput(input: z.output<typeof createInput>): Display {
  return {
    title: input.title ?? input.slug,
    description: input.description ?? null,
    facts: input.facts ?? [],
  };
}

function displayFromOperation(operation: Operation, data: unknown, locale: string | undefined): Display {
  const options = { locale };
  const { title, description, facts } = operation;
  try {
    return {
      title: typeof title === 'function' ? title(data, options) : title,
      description: (typeof description === 'function' ? description(data, options) : description) ?? null,
      facts: Object.entries(facts?.(data, options) ?? {}).map(([label, value]): Fact => ({ label, value })),
    };
  } catch (cause) {
    throw new CountersignError('internal', { cause });
  }
}

/** An operation's own text may be too long for its data: better refused than cut, for it is what is signed. */
function assertWithinLimits({ title, description, facts }: Display): void {
  assertText(title, ['title'], 200);
  if (description !== null) assertText(description, ['description'], 2000);
  if (facts.length > 12) throw invalidInput(['facts'], 'must be at most 12', 'too_big');
  facts.forEach(({ label, value }, index) => {
    if (label === '') throw invalidInput(['facts', index, 'label'], 'must not be empty', 'too_small');
    assertText(label, ['facts', index, 'label'], 40);
    assertText(value, ['facts', index, 'value'], 200);
  });
}

function assertText(text: unknown, path: (string | number)[], lengthMax: number): void {
  if (typeof text !== 'string')
    throw new CountersignError('internal', { cause: new TypeError(`${path.join('.')} is not text`) });
  if (text.length > lengthMax) throw invalidInput(path, `must be at most ${lengthMax} characters`, 'too_big');
  if (!text.isWellFormed() || text.includes('\u0000'))
    throw invalidInput(path, 'must not contain U+0000 or a lone surrogate');
}
