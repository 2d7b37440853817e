import { errorReasons } from '@countersign/core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { oas31 } from 'zod-openapi';
import { procedureWords } from '../../src/generated/procedure-words.ts';
import { omitProcedures } from '../../src/omit-procedures.ts';
import { openApiDocument } from '../../src/openapi/document.ts';
import { parametersOf, type ParameterShape } from '../../src/openapi/query-parameters.ts';
import { readQuery } from '../../src/openapi/read-query.ts';
import { routesOf } from '../../src/openapi/routes.ts';
import { router } from '../../src/router.ts';
import { sharedServer } from '../support/shared-server.ts';

const options = { router, version: '0.1.0', serverUrl: 'https://bank.example' };
const document = openApiDocument(options);
const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, oas31.SchemaObject>>;
const routes = routesOf(router);

function operationAt(path: string): { readonly verb: string; readonly operation: oas31.OperationObject } {
  const [[verb, operation] = [], ...others] = Object.entries(document.paths?.[path] ?? {});
  expect({ path, others }).toEqual({ path, others: [] });
  return { verb: verb ?? 'none', operation: operation as oas31.OperationObject };
}

/**
 * The schema of the document as one that judges: what it refers to comes along. zod reads a pattern without the flag u
 * that JSON Schema asks for (2020-12, core §6.4), so those that need it are left out.
 */
function judging(schema: object): z.ZodType {
  const whole = { ...schema, $defs: schemas };
  const text = JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/');
  const parsed: unknown = JSON.parse(text, (key, value: unknown) =>
    key === 'pattern' && typeof value === 'string' && value.includes('\\p{') ? undefined : value,
  );
  return z.fromJSONSchema(parsed as Parameters<typeof z.fromJSONSchema>[0]);
}

const isScalar = ({ kind }: ParameterShape) => kind !== 'list' && kind !== 'object';

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const copy = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
    expect(await new Validator().validate(copy)).toEqual({ valid: true });
    delete copy['info'];
    expect(await new Validator().validate(copy)).toMatchObject({ valid: false });
  });

  it('has every procedure of the router, at its path, under its verb, and nothing else', () => {
    const procedures = Object.keys(router._def.procedures);
    expect(routes.map(({ procedure }) => procedure)).toEqual(procedures);
    expect(Object.keys(document.paths ?? {})).toEqual(
      procedures.map((name) => `/api/v1/${name.replace('.', '/')}`),
    );
    for (const { path, procedure, type } of routes) {
      const { verb, operation } = operationAt(path);
      expect({ procedure, verb }).toEqual({ procedure, verb: type === 'mutation' ? 'post' : 'get' });
      expect(operation.operationId).toBe(procedure);
      expect(operation.responses).toHaveProperty('200');
    }
  });

  it('says of each what it does, who may call it, and why it may be refused', () => {
    for (const { path, procedure } of routes) {
      const { operation } = operationAt(path);
      expect(Object.keys(procedureWords)).toContain(procedure);
      expect(operation.summary).toMatch(/^[A-Z].*\.$/);
      expect(operation.description).toMatch(/Who may call it: |Anyone, without a credential\.$/);
      expect(operation.responses).toMatchObject({ 400: {}, 500: {}, 503: {}, default: {} });
    }
    const consume = operationAt('/api/v1/authorizationRequest/consume').operation;
    expect(JSON.stringify(consume.responses?.['409'])).toContain('`data_mismatch`');
    const open = operationAt('/api/v1/device/authenticate').operation;
    expect(open.security).toEqual([]);
    expect(consume.security).toEqual([{ serviceKey: [] }, { scopedToken: [] }]);
    expect(schemas['Problem']?.properties?.['reason']).toMatchObject({ enum: errorReasons });
  });

  it.each(routes.filter(({ type }) => type === 'mutation').map((route) => [route.procedure, route] as const))(
    'takes the example of %s, and not with a key more',
    (procedure, { path, input }) => {
      const { operation } = operationAt(path);
      const body = (operation.requestBody as oas31.RequestBodyObject).content['application/json'];
      const { example } = procedureWords[procedure]!;
      expect(body?.example).toEqual(example);
      const schema = judging(body?.schema as object);
      for (const judge of [input, schema]) {
        expect(judge.safeParse(example).success).toBe(true);
        expect(judge.safeParse({ ...example, surplus: 1 }).success).toBe(false);
      }
    },
  );

  it.each(routes.filter(({ type }) => type !== 'mutation').map((route) => [route.procedure, route] as const))(
    'has a parameter for every field of %s, which is read as it is meant',
    (procedure, { path, input }) => {
      const { operation } = operationAt(path);
      const shapes = parametersOf(input);
      const named = (operation.parameters as oas31.ParameterObject[]).filter(
        ({ in: place }) => place === 'query',
      );
      expect(named.map(({ name }) => name)).toEqual([...shapes.keys()]);
      // A choice, a list of lists or an object in an object has no form in a query string.
      for (const shape of shapes.values()) {
        if (shape.kind === 'list') expect(isScalar(shape.of)).toBe(true);
        if (shape.kind === 'object') expect([...shape.fields.values()].every(isScalar)).toBe(true);
      }
      const { example } = procedureWords[procedure]!;
      const search = new URLSearchParams(
        Object.entries(example).flatMap(([name, value]): [string, string][] =>
          (Array.isArray(value) ? value : [value]).map((each) => [name, String(each)]),
        ),
      );
      const read = readQuery(search, shapes);
      expect(read).toEqual(example);
      expect(input.safeParse(read).success).toBe(true);
    },
  );

  it('leaves out what a deployment leaves out', () => {
    const paths = Object.keys(
      openApiDocument({ ...options, router: omitProcedures(['factor', 'method.list']) }).paths ?? {},
    );
    expect(paths).toHaveLength(routes.length - 6);
    expect(paths.filter((path) => /factor\/|method\/list/.test(path))).toEqual([]);
  });

  it('is the same each time it is made', () => {
    expect(JSON.stringify(openApiDocument(options))).toBe(JSON.stringify(document));
  });

  it('says when times are text, and lets answers gain fields that nobody knows yet', () => {
    const { AuthorizationRequest } = schemas;
    expect(AuthorizationRequest?.properties?.['createdAt']).toMatchObject({
      type: 'string',
      format: 'date-time',
    });
    expect(AuthorizationRequest).not.toHaveProperty('additionalProperties');
  });
});

describe('/openapi.json', () => {
  const shared = sharedServer({
    publicUrl: 'https://api.bank.example/security',
    procedures: { omit: ['device'] },
  });
  const local = sharedServer();

  it('is there without a credential, with the procedures and the address of this server', async () => {
    const answer = await fetch(`${shared().url}/openapi.json`);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const served = (await answer.json()) as oas31.OpenAPIObject;
    expect(served.servers).toEqual([{ url: 'https://api.bank.example/security' }]);
    expect(Object.keys(served.paths ?? {}).filter((path) => path.includes('/device/'))).toEqual([]);
    const here = (await (await fetch(`${local().url}/openapi.json?v=1`)).json()) as oas31.OpenAPIObject;
    expect(here.servers).toEqual([{ url: local().url }]);
  });

  it('believes no Host: where nobody said it, the address is relative', async () => {
    const answer = await local().cs.handler(new Request('http://evil.example/openapi.json'));
    expect(((await answer.json()) as oas31.OpenAPIObject).servers).toEqual([{ url: '.' }]);
  });

  it('is not sent again to who has it', async () => {
    const first = await fetch(`${shared().url}/openapi.json`);
    await first.text();
    const tag = first.headers.get('etag')!;
    const again = await fetch(`${shared().url}/openapi.json`, { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });
});
