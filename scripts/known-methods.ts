import * as builtInMethods from '../packages/core/src/method/methods/index.ts';

const { dummy: _provesNothing, ...proving } = builtInMethods;
const surroundings = {
  send: () => Promise.resolve(),
  rpId: 'localhost',
  origins: ['http://localhost'],
};

/** The methods that come with Countersign and prove something; what stands beside `method` in a proof depends on it. */
export const knownMethods = Object.values(proving).map((make) => make(surroundings));
