/** A request as a refusal shows it, or its id. */
export type RequestOrId = string | { readonly id: string };

export function idOf(request: RequestOrId): string {
  return typeof request === 'string' ? request : request.id;
}
