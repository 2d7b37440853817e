import { describe, expect, it } from 'vitest';
import { eventView } from '../packages/core/src/event/catalog.ts';
import { trackedOutput } from '../packages/server/src/trpc/tracked-output.ts';
import { docComment } from './generate-client/doc-comment.ts';
import { datesText } from './generate-client/dates-text.ts';
import { describedProcedures } from './generate-client/described-procedures.ts';
import { sourceText } from './generate-client/source-text.ts';
import { typeText } from './generate-client/type-text.ts';
import { jsonSchemaOf, type JsonSchema } from './generate-docs/json-schema.ts';

describe('a schema becomes', () => {
  const cases: readonly (readonly [string, JsonSchema, string])[] = [
    ['a date', { isDate: true }, 'Date'],
    ['anything', { description: 'Whatever.' }, 'unknown'],
    ['an id by its prefix', { type: 'string', prefix: 'areq_' }, '`areq_${string}`'],
    ['a nullable name', { anyOf: [{ $ref: '#/$defs/Challenge' }, { type: 'null' }] }, 'Challenge | null'],
    ['a choice', { enum: ['email', 'sms'] }, "'email' | 'sms'"],
    ['a choice with a name', { enum: ['none', 'server', 'cryptographic'] }, 'Binding'],
    ['a list', { type: 'array', items: { type: 'string' } }, 'string[]'],
    ['a list of alternatives', { type: 'array', items: { enum: [1, 2] } }, '(1 | 2)[]'],
    ['no object in particular', { type: 'object', properties: {} }, 'Record<string, never>'],
  ];

  it.each(cases)('%s', (_, schema, text) => {
    expect(typeText(schema, 'output', 'here')).toBe(text);
  });

  it('a list that its giver keeps, in an input', () => {
    expect(typeText({ type: 'array', items: { type: 'string' } }, 'input', 'here')).toBe('readonly string[]');
  });
});

describe('what nobody has decided stops the generator and names the place', () => {
  it('a schema without a TypeScript', () => {
    const schema = {
      type: 'object',
      properties: { odd: { type: 'array', items: { pattern: 'a' } } },
    } as const;
    expect(() => typeText(schema, 'output', 'event.list')).toThrow('event.list.odd[]: no TypeScript for');
  });

  it('a schema that JSON cannot carry', () => {
    expect(() => jsonSchemaOf(trackedOutput(eventView), 'output')).toThrow('no words for a custom');
  });

  it('a nameless schema that stands in two places', () => {
    expect(() => typeText({ $ref: '#/$defs/__schema0' }, 'output', 'factor.list')).toThrow('factor.list: ');
  });

  it('alternatives of which a reader cannot know which holds a date', () => {
    const date = { type: 'object', properties: { at: { isDate: true } } } as const;
    const text = { type: 'object', properties: { at: { type: 'string' } } } as const;
    const none = { type: 'object', properties: { of: { type: 'string' } } } as const;
    expect(datesText({ anyOf: [date, none, { type: 'null' }] }, 'here')?.text).toBe('{ at: true }');
    expect(() => datesText({ anyOf: [date, text] }, 'here')).toThrow(
      'here: the alternatives hold their dates',
    );
  });

  it('a text that is no TypeScript', async () => {
    await expect(sourceText('wrong.ts', ['export type = ;'])).rejects.toThrow('wrong.ts cannot be formatted');
  });
});

it('a comment cannot end before its end', () => {
  expect(docComment(['What matches `*/*`.'])).toBe('/** What matches `*\\/*`. */\n');
  expect(docComment([])).toBe('');
});

it('what takes a proof is marked: it never stands behind another call in a batch', () => {
  const marked = describedProcedures.filter(({ takesProof }) => takesProof).map(({ path }) => path);
  expect(marked).toEqual([
    'authorizationRequest.check',
    'authorizationRequest.grant',
    'authorizationRequest.deny',
    'factor.confirm',
    'confirmation.confirm',
    'device.authenticate',
  ]);
});

it('every procedure says what it does', () => {
  expect(describedProcedures.filter(({ comment }) => comment === '')).toEqual([]);
});
