import { expect, it } from 'vitest';
import { allowsProcedure, type ProcedureType } from '../../../src/scoped-token/index.ts';
import { presets } from '../../../src/scoped-token/presets.ts';

/** The contract, §4: procedure, type, who; rows that name no subject or device are left in to be refused. */
const contract = `
authorizationRequest.create M service / subject, clientCreatable
authorizationRequest.get Q service, own, device
authorizationRequest.list Q service, own, device
authorizationRequest.challenge M service, own
authorizationRequest.check M service, own
authorizationRequest.grant M service, own, device
authorizationRequest.deny M service, own, device
authorizationRequest.cancel M service, own
authorizationRequest.reset M service, own
authorizationRequest.consume M service
authorizationRequest.watch S service, own, device
method.list Q any actor
method.configure M operator
method.remove M operator
factor.list Q service, own
factor.create M service, own
factor.confirm M service, own
factor.update M service, own
factor.remove M service, own
confirmation.request M service, own
confirmation.confirm M service, own
confirmation.check Q service, own
confirmation.use M service
device.register M service, own
device.nonce M anyone
device.authenticate M anyone
device.list Q service, own
device.setPrimary M service, own
device.revoke M service, own
scopedToken.issue M service
scopedToken.introspect M service
scopedToken.list Q service, own
scopedToken.revoke M service, own
event.list Q service, own, device
event.stream S service, own, device
webhook.create M operator
serviceKey.create M operator`;

/** The contract, §3. */
const device = `
Q authorizationRequest.get
Q authorizationRequest.list
Q event.list
Q device.list
M authorizationRequest.grant
M authorizationRequest.deny
S authorizationRequest.watch
S event.stream`;

const types: Readonly<Record<string, ProcedureType>> = { Q: 'query', M: 'mutation', S: 'subscription' };
const rows = contract
  .trim()
  .split('\n')
  .map((line) => /^(\S+) ([QMS]) (.+)$/.exec(line) ?? [])
  .map(([, path = '', letter = '', who = '']) => ({ path, letter, who }));

it('subject opens what the contract lets a subject do for itself, without factor.*, device.register and scopedToken.*', () => {
  const expected = rows
    .filter(({ who }) => who.split(', ').includes('own'))
    .filter(({ path }) => !/^(factor\.|scopedToken\.|device\.register$)/.test(path));
  expect(opened(presets.subject)).toEqual(expected.map(({ path, letter }) => `${letter} ${path}`).sort());
});

it('device opens what the contract lists for it, and nothing that a subject may not', () => {
  expect(opened(presets.device)).toEqual(device.trim().split('\n').sort());
  expect(opened(presets.subject)).toEqual(expect.arrayContaining(opened(presets.device)));
});

it('presets open each procedure as what it is, and name no pattern', () => {
  for (const scope of Object.values(presets)) {
    const grants = Object.values(scope.rpc ?? {}).flat();
    expect(grants.filter((grant) => grant.includes('*'))).toEqual([]);
    expect(grants).toHaveLength(opened(scope).length);
    expect(scope.http).toBeUndefined();
  }
});

/** Every row of the contract, asked as each of the three types. */
function opened(scope: (typeof presets)['subject']): string[] {
  return rows
    .flatMap(({ path }) =>
      Object.entries(types).flatMap(([letter, type]) =>
        allowsProcedure(scope, type, path) ? [`${letter} ${path}`] : [],
      ),
    )
    .sort();
}
