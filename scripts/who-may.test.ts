import { expect, it } from 'vitest';
import { actorKinds, may, mayAnyone } from './generate-docs/who-may.ts';
import { procedureExamples, type ProcedurePath } from './generate-docs/procedure-examples.ts';

async function who(path: ProcedurePath): Promise<string[]> {
  const { input, fromSubject = input } = procedureExamples[path] as { input: unknown; fromSubject?: unknown };
  const allowed = [];
  for (const kind of actorKinds)
    if (await may(kind, path, kind === 'subject' ? fromSubject : input)) allowed.push(kind);
  return allowed;
}

it('the table of who may call what is what core does', async () => {
  expect(await who('authorizationRequest.consume')).toEqual(['service']);
  expect(await who('authorizationRequest.get')).toEqual(['service', 'subject', 'device']);
  expect(await who('authorizationRequest.challenge')).toEqual(['service', 'subject']);
  expect(await who('scopedToken.introspect')).toEqual(['service']);
  expect(await who('scopedToken.revoke')).toEqual(['service', 'subject']);
  expect(await who('serviceKey.create')).toEqual(['operator']);
  for (const verb of [
    'create',
    'list',
    'update',
    'remove',
    'rotateSecret',
    'test',
    'deliveries',
    'replay',
  ] as const)
    expect(await who(`webhook.${verb}`)).toEqual(['operator']);
  expect(await who('operator.unlock')).toEqual(['service', 'operator']);
  expect(await who('confirmation.use')).toEqual(['service']);
  expect(await who('device.list')).toEqual(['service', 'subject', 'device']);
  for (const path of ['factor.create', 'factor.remove', 'device.register', 'device.revoke'] as const)
    expect(await who(path)).toEqual(['service', 'subject']);
});

it('without a credential there are two calls, by which a device gets one', async () => {
  const open = [];
  for (const [path, { input }] of Object.entries(procedureExamples))
    if (await mayAnyone(path, input)) open.push(path);
  expect(open).toEqual(['device.nonce', 'device.authenticate']);
});
