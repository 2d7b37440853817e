import { describe, expect, it } from 'vitest';
import { openNodes, pauseReads, until, type Node } from './two-nodes.ts';

const standing = ({ core }: Node, subjectId = 'ada', epoch = 0) =>
  core.scopedToken.verifier.standingOfSubject(subjectId, epoch);

describe('the standing of a subject, for tokens that name nothing else', () => {
  it('is revoked from the revocation of all its tokens on, in every older epoch, on every node', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    for (const node of [one, other]) expect(await standing(node)).toBe('valid');
    await one.core.scopedToken.revoke(one.service, { subjectId: 'ada' });
    expect(await standing(one)).toBe('revoked');
    await until(async () => (await standing(other)) === 'revoked');
    for (const node of [one, other]) {
      expect(await standing(node, 'ada', 1)).toBe('valid');
      expect(await standing(node, 'bob')).toBe('valid');
    }
  });

  it.each([
    [undefined, 'unknown'],
    ['queries', 'only_queries'],
    ['database', 'valid'],
  ] as const)('while revocations cannot be read (%s) is %s', async (whenRevocationsAreStale, expected) => {
    await using nodes = await openNodes();
    const node = await nodes.open({
      scopedToken: whenRevocationsAreStale ? { whenRevocationsAreStale } : {},
    });
    expect(await standing(node)).toBe('valid');
    const other = await nodes.open();
    using _ = pauseReads(node);
    await other.core.scopedToken.revoke(other.service, { subjectId: 'bob' });
    nodes.clock.advance(10.001);
    expect(await standing(node)).toBe(expected);
    expect(await standing(node, 'bob')).toBe(expected === 'valid' ? 'revoked' : expected);
  });

  it('is unknown before anything could be read', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    using _ = pauseReads(node);
    expect(await standing(node)).toBe('unknown');
  });
});

describe('health', () => {
  it('asks for no key before tokens are used, and says from then on whether one that mints is there', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const well = { database: true, migrations: true, keys: true };
    expect(await node.core.health()).toEqual(well);
    {
      using _ = pauseReads(node);
      await expect(node.core.scopedToken.ready()).rejects.toThrow('the connection was lost');
      expect(await node.core.health()).toEqual({ ...well, keys: false });
    }
    await node.core.scopedToken.ready();
    expect(await node.core.health()).toEqual(well);
  });

  it('is not well without a key, and is well again once there is one', async () => {
    await using nodes = await openNodes();
    const state = { current: 'retiring' as 'retiring' | 'active' };
    const root = new Uint8Array(32).fill(7);
    const keyService = { keys: async () => [{ kid: 'a', state: state.current, root }] };
    const node = await nodes.open({ scopedToken: { keyService } });
    await node.core.scopedToken.ready();
    expect(await node.core.health()).toMatchObject({ database: true, keys: false });
    state.current = 'active';
    await until(async () => (await node.core.health()).keys);
  });
});
