import { expect, it } from 'vitest';
import { parseOptions, type CountersignOptions } from '../src/options.ts';

const given: CountersignOptions = {
  issuer: 'Acme Bank',
  audience: 'bank.example',
  secret: Buffer.alloc(32).toString('base64'),
  database: 'postgres://localhost/bank',
  methods: [],
};

it('takes how long what is kept, and leaves the rest to its default', () => {
  expect(parseOptions({ ...given, retention: { requestDays: 30, eventDays: null } }).retention).toEqual({
    requestDays: 30,
    eventDays: null,
  });
  expect(parseOptions(given).retention).toEqual({});
});

it.each([
  [{ requestDays: 0 }, 'retention.requestDays'],
  [{ eventDays: 30 }, 'retention.eventDays'],
  [{ archiveAfterDays: '7' }, 'retention.archiveAfterDays'],
  [{ requestsDays: 90 }, 'retention.requestsDays'],
])('refuses %j by its name', (retention, setting) => {
  expect(() => parseOptions({ ...given, retention: retention as never })).toThrow(
    expect.objectContaining({ wrong: [expect.objectContaining({ setting })] }) as Error,
  );
});
