import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, temporaryFolder } from './support/compile.ts';

const client = new URL('..', import.meta.url).pathname;

/** A generated file that went its own way, and what the compiler must then name. */
interface Plant {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly named: string;
}

const plants: Readonly<Record<string, Plant>> = {
  'a key is missing in an answer': {
    file: 'schema.ts',
    from: '  attemptsLeft: number;\n  createdAt: Date;',
    to: '  createdAt: Date;',
    named: 'authorizationRequest.get answers something else',
  },
  'an answer has a key of its own': {
    file: 'schema.ts',
    from: '  createdAt: Date;',
    to: '  createdAt: Date;\n  updatedAt?: Date | undefined;',
    named: 'authorizationRequest.list answers something else',
  },
  'a date is text': {
    file: 'schema.ts',
    from: '  createdAt: Date;',
    to: '  createdAt: string;',
    named: 'authorizationRequest.grant answers something else',
  },
  'an optional key of an input is missing': {
    file: 'schema.ts',
    from: '  locale?: string | undefined;',
    to: '',
    named: 'authorizationRequest.create takes something else',
  },
  'an optional key of an input is required': {
    file: 'schema.ts',
    from: 'includeInactive?: boolean | undefined;',
    to: 'includeInactive: boolean;',
    named: 'method.list takes something else',
  },
  'something is any': {
    file: 'schema.ts',
    from: '  factorSchema: unknown;',
    to: '  factorSchema: any;',
    named: 'any at .outputs.method.list[].factorSchema',
  },
  'a choice has one more': {
    file: 'schema.ts',
    from: "export type Binding = 'none'",
    to: "export type Binding = 'none' | 'strong'",
    named: 'authorizationRequest.create answers something else',
  },
  'a payload of the service is shown to all': {
    file: 'schema.ts',
    from: 'by?: string | undefined;',
    to: 'by: string;',
    named: 'authorization_request.created shows something else to all',
  },
  'a type of event is missing': {
    file: 'schema.ts',
    from: "  'webhook.disabled': WebhookDisabledEvent;",
    to: '',
    named: 'webhook.disabled has another payload',
  },
  'a procedure is missing in the router': {
    file: 'router.ts',
    from: /^ {4}watch: .*$/m,
    to: '',
    named: 'authorizationRequest.watch is of another kind',
  },
  'a query is a mutation': {
    file: 'router.ts',
    from: 'get: Query<',
    to: 'get: Mutation<',
    named: 'authorizationRequest.get is of another kind',
  },
  'a method of the SDK answers something else': {
    file: 'client.ts',
    from: ': Promise<Challenge>;',
    to: ': Promise<AuthorizationRequest>;',
    named: 'authorizationRequest.challenge answers something else as a method',
  },
  'the table calls a mutation a query': {
    file: 'procedures.ts',
    from: "cancel: { type: 'mutation'",
    to: "cancel: { type: 'query'",
    named: 'authorizationRequest.cancel is of another kind when it runs',
  },
  'a reason is missing': {
    file: 'errors.ts',
    from: '  scope_too_wide: undefined;',
    to: '',
    named: 'scope_too_wide tells something else',
  },
  'a detail is another': {
    file: 'errors.ts',
    from: 'inProgress: boolean;',
    to: 'inProgress: Date;',
    named: 'idempotency_conflict tells something else',
  },
};

describe('the generated types and the server’s own', () => {
  const reports = new Map<string, string>();

  beforeAll(async () => {
    using folder = temporaryFolder('parity');
    const projects = ['as it is', ...Object.keys(plants)].map((name) => name.replaceAll(/\W+/g, '-'));
    for (const name of projects) {
      cpSync(join(client, 'src/generated'), join(folder.path, name, 'src/generated'), { recursive: true });
      cpSync(join(client, 'test/parity'), join(folder.path, name, 'test/parity'), { recursive: true });
    }
    for (const [name, { file, from, to }] of Object.entries(plants)) {
      const path = join(folder.path, name.replaceAll(/\W+/g, '-'), 'src/generated', file);
      const text = readFileSync(path, 'utf8');
      const planted = text.replace(from, to);
      if (planted === text) throw new Error(`${name}: nothing to plant in ${file}`);
      writeFileSync(path, planted);
    }
    const { output } = await compile(folder.path, {
      extends: join(client, 'tsconfig.json'),
      compilerOptions: { noErrorTruncation: true },
      include: projects.map((name) => `${name}/test/parity/router.types.ts`),
    });
    for (const name of projects) {
      const lines = output.split(/\n(?! )/).filter((line) => line.startsWith(`${name}/`));
      reports.set(name, lines.join('\n'));
    }
  }, 120_000);

  it('are the very same, in both directions, and nowhere any', () => {
    expect(reports.get('as-it-is')).toBe('');
  });

  it.each(Object.entries(plants))('differ to the compiler when %s', (name, { named }) => {
    expect(reports.get(name.replaceAll(/\W+/g, '-'))).toContain(named);
  });
});
