export {
  clientKeyFrom,
  createClientKey,
  type ClientKey,
  type ClientKeyOptions,
  type ProvenRequest,
} from './client-key.ts';
