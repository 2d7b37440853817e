import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { procedureWords } from '../generated/procedure-words.ts';
import { responsesOf } from './responses.ts';
import type { ProcedureRoute } from './routes.ts';

const idempotencyKey = z
  .string()
  .max(64)
  .optional()
  .describe('The same as `idempotencyKey` in the body: the effect happens once within 24 hours.');

const lastEventId = z.string().optional().describe('Goes on after this event; comes before `lastEventId`.');

/** Either is a bearer credential; which one it is, its beginning says. */
const credentials: Record<string, string[]>[] = [{ serviceKey: [] }, { scopedToken: [] }];

/** One procedure of the document. A credential is all that may be needed besides. */
export function operationOf(route: ProcedureRoute): ZodOpenApiOperationObject {
  const { procedure, type } = route;
  const words = procedureWords[procedure];
  const { summary = procedure, description = '', actors = ['service'], refusals = [] } = words ?? {};
  const isOpen = actors.length === 0;
  const who = isOpen ? 'Anyone, without a credential' : `Who may call it: ${actors.join(', ')}`;
  const [group = ''] = procedure.split('.');
  const fields = fieldsOf(route.input);
  return {
    operationId: procedure,
    tags: [group],
    summary,
    description: [description, `${who}.`].filter(Boolean).join('\n\n'),
    security: isOpen ? [] : credentials,
    ...(type === 'mutation'
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: route.input, ...(words && { example: words.example }) },
            },
          },
          ...('idempotencyKey' in fields && {
            requestParams: { header: z.object({ 'Idempotency-Key': idempotencyKey }) },
          }),
        }
      : {
          requestParams: {
            query: z.object(fields),
            ...(type === 'subscription' && { header: z.object({ 'Last-Event-ID': lastEventId }) }),
          },
        }),
    responses: responsesOf(route, { isOpen, refusals }),
  };
}

/** Of the object that an input is, whether or not it may be left out; of a choice between objects there are none. */
function fieldsOf(input: z.core.$ZodType): z.core.$ZodShape {
  if (input instanceof z.ZodDefault) return fieldsOf(input.unwrap());
  return input instanceof z.ZodObject ? input.shape : {};
}
