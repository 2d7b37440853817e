import { describe, expect, it } from 'vitest';
import * as core from '../packages/core/src/index.ts';
import * as tokens from '../packages/core/src/scoped-token/index.ts';
import * as server from '../packages/server/src/index.ts';
import { readGuide, tablesOf } from '../packages/server/test/guide/program.ts';
import { jsonSchemaOf } from './generate-docs/json-schema.ts';
import { interfaceMembers } from './interface-members.ts';
import { knownMethods } from './known-methods.ts';
import { routerProcedures } from './router-procedures.ts';

const guide = readGuide('docs/guides/from-django.md');
const tables = tablesOf(guide);
const rows = tables.flat();

/** Every name of a field, and every value that is named, at any depth of a schema. */
function namesIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(namesIn);
  if (typeof schema !== 'object' || schema === null) return [];
  const {
    properties = {},
    enum: values = [],
    const: value,
  } = schema as {
    properties?: object;
    enum?: unknown[];
    const?: unknown;
  };
  return [
    ...Object.keys(properties),
    ...[...values, value].map(String),
    ...Object.values(schema).flatMap(namesIn),
  ];
}

const procedures = routerProcedures();
const serverMembers = interfaceMembers('packages/server/src/countersign.ts', 'Countersign');
const coreMembers = interfaceMembers('packages/core/src/core.ts', 'Core');

/** Everything that can be named here. */
const known = new Set([
  ...procedures.flatMap(({ path, input, output }) => [
    path,
    ...namesIn(jsonSchemaOf(input, 'input')),
    ...namesIn(jsonSchemaOf(output, 'output')),
  ]),
  ...knownMethods.flatMap(({ proof }) => namesIn(jsonSchemaOf(proof, 'input'))),
  ...core.eventTypes,
  ...core.errorReasons,
  ...[core, server, tokens].flatMap((module) => Object.keys(module)),
  ...Object.keys(core.defaultLimits),
  ...serverMembers.map((name) => `cs.${name}`),
  'cs.authorizationRequest.create',
  ...coreMembers.map((name) => `core.${name}`),
  ...interfaceMembers('packages/server/src/options.ts', 'CountersignOptions'),
  ...interfaceMembers('packages/server/src/options.ts', 'ScopedTokenSettings'),
  ...interfaceMembers('packages/core/src/method/define.ts', 'MethodDefinition'),
  ...interfaceMembers('packages/core/src/method/methods/otp.ts', 'OtpOptions'),
  ...interfaceMembers('packages/core/src/challenge/issue.ts', 'ChallengeOverrides'),
  'registry', // of `core.confirmations`
  'request', // of what `issue` is told
  'countersign.', // how our slugs begin
  'countersign dev',
]);

const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('docs/guides/from-django.md', () => {
  it('names nothing of ours that does not exist', () => {
    expect(tables.length).toBeGreaterThan(8);
    expect(rows.length).toBeGreaterThan(100);
    const named = rows.flatMap(([, here = '', difference = '']) => codeIn(`${here} ${difference}`));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('says why where something of theirs has nothing here', () => {
    for (const [there = '', here = '', difference = '', ...further] of rows) {
      expect(further, there).toEqual([]);
      expect(here + difference, there).not.toBe('');
    }
  });

  it('has one row for each name in a table', () => {
    for (const table of tables) {
      const names = table.flatMap(([there = '']) => (there.startsWith('…') ? [] : codeIn(there)));
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it('has a place for every procedure that does what one of theirs did', () => {
    const here = new Set(rows.flatMap(([, cell = '']) => codeIn(cell)));
    const groups = ['authorizationRequest.', 'factor.', 'confirmation.', 'device.', 'method.'];
    const inherited = procedures
      .map(({ path }) => path)
      .filter((path) => groups.some((group) => path.startsWith(group)));
    // New here: asking again for a code on another way, watching, and executing once.
    const ours = [
      'authorizationRequest.challenge',
      'authorizationRequest.watch',
      'authorizationRequest.consume',
    ];
    expect(inherited.filter((path) => !here.has(path) && !ours.includes(path))).toEqual([]);
  });
});
