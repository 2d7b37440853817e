import assert from 'node:assert/strict';
import type { z } from 'zod';
import type { MethodContract } from './contract.ts';

/** Those that the contract names, or the right one with a character changed, wherever that leaves it well-formed. */
export function wrongProofs({ method, wrongProofs: named }: MethodContract, right: object): object[] {
  const wrong = named?.map((proof) => ({ ...proof, method: method.key })) ?? changed(right, method.proof);
  assert(wrong.length > 0, 'no wrong proof is well-formed: name some as `wrongProofs`');
  return wrong;
}

export function wrongAnswers({ method, wrongProofs: named }: MethodContract, right: object): object[] {
  const answer = method.enrolment?.answer;
  assert(answer, 'this method has no enrolment');
  const fitting = named?.filter((proof) => answer.safeParse(proof).success) ?? [];
  return fitting.length > 0 ? fitting : changed(right, answer);
}

function changed(right: object, schema: z.ZodType): object[] {
  const variants = Object.entries(right).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'method'
      ? [0, value.length >> 1].map((index) => ({ ...right, [name]: withChanged(value, index) }))
      : [],
  );
  return variants.filter((variant) => schema.safeParse(variant).success);
}

/** Each character's successor, so that a digit stays a digit. */
const successors = '01234567890abcdefghijklmnopqrstuvwxyzaABCDEFGHIJKLMNOPQRSTUVWXYZA';

function withChanged(text: string, index: number): string {
  const successor = successors.charAt(successors.indexOf(text.charAt(index)) + 1);
  return text.slice(0, index) + successor + text.slice(index + 1);
}
