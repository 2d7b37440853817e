import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { errorShape } from '../error/error-shape.ts';
import { transformer } from '../trpc/input-transformer.ts';

/** A refusal before tRPC has a part in it, in the envelope that tRPC's clients understand. */
export function refusal(code: TRPC_ERROR_CODE_KEY): Response {
  return refusalOf(new TRPCError({ code }));
}

export function refusalOf(error: TRPCError): Response {
  const shape = errorShape(error);
  return Response.json({ error: transformer.output.serialize(shape) }, { status: shape.data.httpStatus });
}
