import { errorDetails } from '../../packages/core/src/error-details.ts';
import { CountersignError, errorReasons, type ErrorReason } from '../../packages/core/src/error.ts';
import { errorShape } from '../../packages/server/src/error/error-shape.ts';
import { errorNotes } from './error-notes.ts';
import { fieldsOf } from './fields.ts';
import { jsonSchemaOf, type Schema } from './json-schema.ts';
import { code, document, listed, table } from './markdown.ts';
import { isGiven } from './written.ts';

/** docs/errors.md */
export function errorsDocument(): string {
  const rows = errorReasons.map((reason) => {
    const { message, data } = shapeOf(reason);
    const { when, beside = detailsOf(reason) } = errorNotes[reason];
    return [code(reason), `${data.httpStatus} ${code(data.code)}`, message, when, beside];
  });
  const unused = errorReasons.filter((reason) => !isGiven(reason));
  return document([
    '# Errors',
    `Whatever is refused is refused for one of these ${errorReasons.length} reasons. Over HTTP the answer is tRPC’s error envelope; its \`data\` holds \`code\` and \`httpStatus\`, which are tRPC’s, and ours: \`reason\`, and with some reasons \`details\` or \`authorizationRequest\`. Branch on the reason. The message is prose for people and may change; nothing of a driver, a path or a stack is ever in it. In process the same refusal is a \`TRPCError\` whose \`cause\` is a \`CountersignError\`.`,
    'A well-formed wrong proof is no error: it is the answer `granted: false` or `valid: false`, and costs an attempt.',
    table(['reason', 'HTTP, tRPC code', 'message', 'when', 'details'], rows),
    ...(unused.length === 0 ? [] : [`Reserved, nothing gives them yet: ${listed(unused.map(code), 'and')}.`]),
  ]);
}

/** "`retryAt?`: from when on it may be tried again" */
function detailsOf(reason: ErrorReason): string {
  const schemas: Partial<Record<ErrorReason, Schema>> = errorDetails;
  const schema = schemas[reason];
  if (schema === undefined) return '';
  const fields = fieldsOf(jsonSchemaOf(schema, 'output'));
  return fields.map(({ name, meaning }) => `${code(name)}: ${meaning}`).join(' ');
}

/** What really leaves the server for it, made by the function that makes it there. */
function shapeOf(reason: ErrorReason): ReturnType<typeof errorShape> {
  const cause = new CountersignError(reason);
  const error = Object.assign(new Error(cause.message, { cause }), { code: 'INTERNAL_SERVER_ERROR' });
  return errorShape(error as unknown as Parameters<typeof errorShape>[0]);
}
