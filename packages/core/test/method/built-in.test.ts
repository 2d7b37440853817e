import { describeMethodContract } from '../../testing/index.ts';
import { builtInContracts } from './built-in-contracts.ts';

for (const [key, makeContract] of builtInContracts) describeMethodContract(key, makeContract);
