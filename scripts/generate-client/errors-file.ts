import { errorDetails } from '../../packages/core/src/error-details.ts';
import { errorReasons, errorSentences, type ErrorReason } from '../../packages/core/src/error.ts';
import { errorNotes } from '../generate-docs/error-notes.ts';
import { jsonSchemaOf, type JsonSchema } from '../generate-docs/json-schema.ts';
import { docComment } from './doc-comment.ts';
import { importTypes, sourceText } from './source-text.ts';
import { objectText } from './type-text.ts';

const aboutARequest: readonly ErrorReason[] = ['authorization_required', 'delivery_failed'];

/** Where nothing must be told, `details` itself may be absent. */
function detailsText(schema: JsonSchema, reason: ErrorReason): string {
  const text = objectText(schema, 'output', reason);
  return (schema.required ?? []).length === 0 ? `${text} | undefined` : text;
}

/** packages/client/src/generated/errors.ts: why a call was refused, and what is told with it. */
export async function errorsFile(): Promise<string> {
  const schemas = new Map(
    Object.entries(errorDetails).map(([reason, schema]) => [reason, jsonSchemaOf(schema, 'output')]),
  );
  const named = new Map<string, JsonSchema>(
    [...schemas.values()].flatMap(({ $defs = {} }) => Object.entries($defs)),
  );
  const members = errorReasons.map((reason) => {
    const schema = schemas.get(reason);
    const details = schema === undefined ? 'undefined' : detailsText(schema, reason);
    return `${docComment([`${errorSentences[reason]} ${errorNotes[reason].when}`])}${reason}: ${details};`;
  });
  return await sourceText('errors.ts', [
    [
      "import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from '@trpc/server';",
      ...importTypes(['AuthorizationRequest', 'AuthorizationRequestState'], './schema.ts'),
    ].join('\n'),
    ...[...named].map(
      ([name, schema]) =>
        `${docComment([schema.description ?? ''])}export interface ${name} ${objectText(schema, 'output', name)}`,
    ),
    `/** What is told beside each reason; where it says \`undefined\`, nothing is. */\nexport interface ErrorDetails {\n${members.join('\n')}\n}`,
    '/** Why something was refused: a closed list. Branch on this, not on the message. */\nexport type ErrorReason = keyof ErrorDetails;',
    `/** The reasons that tell of a request. */\ntype ReasonWithRequest = ${aboutARequest.map((reason) => `'${reason}'`).join(' | ')};`,
    dataText,
  ]);
}

const dataText = `/** \`data\` of every error that Countersign answers; told apart by \`reason\`. */
export type CountersignErrorData<Reason extends ErrorReason = ErrorReason> = {
  [Each in Reason]: {
    readonly code: TRPC_ERROR_CODE_KEY;
    readonly httpStatus: number;
    readonly reason: Each;
    readonly details: ErrorDetails[Each];
    /** The request to be answered, or the one whose message could not be sent. */
    readonly authorizationRequest: Each extends ReasonWithRequest ? AuthorizationRequest : undefined;
  };
}[Reason];

/** An error as tRPC carries it. */
export interface CountersignErrorShape {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: CountersignErrorData;
}`;
