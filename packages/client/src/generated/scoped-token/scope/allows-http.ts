// What the client needs of packages/core/src/scoped-token/scope/allows-http.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { httpMethods, type HttpMethod } from './scope.ts';

const methods: ReadonlySet<string> = new Set(httpMethods);

export function isHttpMethod(text: string): text is HttpMethod {
  return methods.has(text);
}
