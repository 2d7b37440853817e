import { scopeProblem } from '../scope/check.ts';
import {
  applicationData,
  carriers,
  delegateId,
  exactly,
  recipient,
  text,
  tokenId,
  wholeNumber,
  type ValueRule,
} from './claim-values.ts';
import type { Block, Claims } from './claims.ts';

const shared = {
  exp: wholeNumber,
  nbf: wholeNumber,
  scp: scopeProblem,
  rcp: recipient,
  cnf: exactly('jkt'),
  arq: exactly('id', 'hash'),
  car: carriers,
} as const;

const authority: { readonly [Name in keyof Required<Claims>]: ValueRule } = {
  ...shared,
  jti: tokenId,
  sub: text,
  aud: text,
  iat: wholeNumber,
  act: exactly('sub'),
  sid: text,
  epo: wholeNumber,
  ext: applicationData,
};

const block: { readonly [Name in keyof Required<Block>]: ValueRule } = { ...shared, cid: delegateId };

/** Every claim there is, by name. Maps, so that no name reaches a prototype. */
export const authorityRules: ReadonlyMap<string, ValueRule> = new Map(Object.entries(authority));
export const blockRules: ReadonlyMap<string, ValueRule> = new Map(Object.entries(block));

export const authorityRequired = ['jti', 'sub', 'aud', 'iat', 'exp', 'scp'] as const;
