import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { openConfig, sealConfig } from '../../packages/core/src/factor/sealed-config.ts';
import { engine, judging, place } from '../proof/judging.ts';
import { makeProvers } from '../proof/provers.ts';
import type { UnitScenario, Work } from '../unit.ts';

/**
 * What it costs the engine to judge one right proof, once its attempt is committed: everything between the row that the
 * reservation returned and the verdict.
 */
export const method: UnitScenario = {
  name: 'method',
  title: 'to judge a right proof, each in units of H',
  settings: 'nothing is read or written; processor time of the process, its thread pool among it',
  async open() {
    const provers = await makeProvers();
    const judged = await Promise.all(provers.map(judging));
    const app = provers.find(({ name }) => name === 'authenticator app');
    return { unit: hmacOf64Bytes(), works: [...judged, ...sealing(app?.config)] };
  },
};

function hmacOf64Bytes(): Work {
  const [key, data] = [createSecretKey(randomBytes(32)), randomBytes(64)];
  return { name: 'H', run: () => createHmac('sha256', key).update(data).digest() };
}

/** The configuration of a factor, as it goes into its row and comes out of it: at every proof by a factor. */
function sealing(config: unknown): Work[] {
  const bytes = sealConfig(engine, place, config);
  return [
    { name: 'seal a configuration', run: () => sealConfig(engine, place, config) },
    { name: 'open a configuration', run: () => openConfig(engine, place, bytes) },
  ];
}
