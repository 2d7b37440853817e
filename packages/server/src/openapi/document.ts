import type { AnyTRPCRouter } from '@trpc/server';
import type { oas31 } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import { procedureWords } from '../generated/procedure-words.ts';
import { operationOf } from './operation.ts';
import { parametersOf } from './query-parameters.ts';
import { routesOf, type ProcedureRoute } from './routes.ts';

export interface DocumentOptions {
  readonly router: AnyTRPCRouter;
  /** Of this package. */
  readonly version: string;
  /** Where clients reach the root of this server. */
  readonly serverUrl: string;
}

const description = `The procedures of Countersign in plain JSON. A query is a GET with its input in the query string: a list by repeating its name, an object as \`name[field]\`. A mutation is a POST of its input. An unknown name is refused, and so is a number beyond its limit: nothing is dropped or clamped. Times are ISO 8601 in UTC. A refusal is a problem document with a \`reason\` from a closed list.`;

/**
 * The OpenAPI document of every procedure that this router has (3.1.1: the newest that generators of clients
 * understand). The same schemas that judge a call, so that it cannot say other than they do.
 */
export function openApiDocument({ router, version, serverUrl }: DocumentOptions): oas31.OpenAPIObject {
  const routes = routesOf(router);
  const document = createDocument(
    {
      openapi: '3.1.1',
      info: { title: 'Countersign', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: serverUrl }],
      tags: [...new Set(routes.map(({ procedure }) => procedure.split('.', 1)[0] ?? ''))].map((name) => ({
        name,
      })),
      paths: Object.fromEntries(routes.map((route) => [route.path, { [verbOf(route)]: operationOf(route) }])),
      components: {
        securitySchemes: {
          serviceKey: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'csk_…',
            description: 'A service key.',
          },
          scopedToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'cst1…',
            description: 'A scoped token.',
          },
        },
      },
    },
    { override: asJson, allowEmptySchema: { unknown: true, any: true } },
  );
  for (const route of routes) completeParameters(document.paths?.[route.path]?.get, route);
  return document;
}

function verbOf({ type }: ProcedureRoute): 'get' | 'post' {
  return type === 'mutation' ? 'post' : 'get';
}

/** What zod has no JSON for, in the form in which it travels; and answers may gain fields that nobody knows yet. */
function asJson({ zodSchema, jsonSchema, io }: Parameters<Override>[0]): void {
  const { type } = zodSchema._zod.def;
  if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  if (type === 'object' && io === 'output') delete jsonSchema.additionalProperties;
}

type Override = Extract<
  NonNullable<Parameters<typeof createDocument>[1]>['override'],
  (context: never) => void
>;

/** How an object stands in a query string, and an example of each. */
function completeParameters(operation: oas31.OperationObject | undefined, route: ProcedureRoute): void {
  const shapes = parametersOf(route.input);
  const { example = {} } = procedureWords[route.procedure] ?? {};
  for (const parameter of operation?.parameters ?? []) {
    if ('$ref' in parameter || parameter.in !== 'query') continue;
    if (shapes.get(parameter.name)?.kind === 'object')
      Object.assign(parameter, { style: 'deepObject', explode: true });
    if (Object.hasOwn(example, parameter.name))
      Object.assign(parameter, { example: example[parameter.name] });
  }
}
