import { errorDetails, eventCatalog } from '@countersign/core';
import type { z } from 'zod';
import { expect, it } from 'vitest';
import { router } from '../../server/src/router.ts';
import { errorData, type Dates } from '../src/generated/dates.ts';
import { operatorProcedures } from '../src/generated/operator-procedures.ts';
import { procedures, type Procedure } from '../src/generated/procedures.ts';

/** Kinds of schema that hold no other. */
const leaves = new Set(['string', 'number', 'boolean', 'enum', 'literal', 'template_literal', 'unknown']);

/** Every place at which the schema has a date, found by another way than the generator goes. */
function datesIn(schema: z.core.$ZodType, at = ''): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'date') return [at];
  if (def.type === 'object')
    return Object.entries(def.shape).flatMap(([key, field]) => datesIn(field, `${at}.${key}`));
  if (def.type === 'array') return datesIn(def.element, `${at}[]`);
  if (def.type === 'record') return datesIn(def.valueType, `${at}{}`);
  if (def.type === 'union') return def.options.flatMap((option) => datesIn(option, at));
  if (def.type === 'nullable' || def.type === 'optional') return datesIn(def.innerType, at);
  if (leaves.has(def.type)) return [];
  throw new Error(`${at}: nobody has thought of dates in a ${def.type}`);
}

/** The places that a table names. */
function placesOf(dates: Dates | undefined, at = ''): string[] {
  if (dates === undefined) return [];
  if (dates === true) return [at];
  if (Array.isArray(dates)) return placesOf(dates[0] as Dates, `${at}[]`);
  return Object.entries(dates).flatMap(([key, inner]) => placesOf(inner, `${at}.${key}`));
}

const sorted = (places: readonly string[]): string[] => [...new Set(places)].toSorted();

interface Declared {
  readonly _def: {
    readonly type: 'query' | 'mutation' | 'subscription';
    readonly output: z.core.$ZodType & { readonly element?: z.core.$ZodType };
  };
}

const declared = Object.entries(router._def.procedures as unknown as Record<string, Declared>);
const tables: Readonly<Record<string, Readonly<Record<string, Procedure>>>> = {
  ...procedures,
  ...operatorProcedures,
};

it.each(declared)(
  'the table of %s names every date of its schema and nothing else',
  (path, { _def: { type, output } }) => {
    const [group = '', verb = ''] = path.split('.');
    const table = tables[group]?.[verb];
    // A stream is declared by what it tells, one after the other; a list is a list.
    const told = type === 'subscription' ? (output.element ?? output) : output;
    expect(sorted(placesOf(table?.dates))).toEqual(sorted(datesIn(told)));
  },
);

it('the table of errors names every date of their details and of the request, and nothing else', () => {
  const details = Object.values(errorDetails).flatMap((schema) => datesIn(schema, '.details'));
  const [, get] = declared.find(([path]) => path === 'authorizationRequest.get')!;
  const request = datesIn(get._def.output, '.authorizationRequest');
  expect(sorted(placesOf(errorData))).toEqual(sorted([...details, ...request]));
});

it('payloads of the log hold their times as text, and none holds a request as a snapshot does', () => {
  for (const { full } of Object.values(eventCatalog)) {
    expect(datesIn(full)).toEqual([]);
    expect(Object.keys(full.shape)).not.toContain('request');
  }
});
