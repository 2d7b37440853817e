/** One `Authorization` value (RFC 9110, §11.6.2), taken apart. */
export interface Authorization {
  /** In lower case: it is compared without case. */
  readonly scheme: string;
  readonly credential: string;
}

/** Null for what is none. A credential has no comma: two headers of one name arrive joined by one. */
export function parseAuthorization(value: string): Authorization | null {
  const [, scheme, credential] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\s,]+)$/.exec(value) ?? [];
  return scheme === undefined || credential === undefined
    ? null
    : { scheme: scheme.toLowerCase(), credential };
}

/** The values of a header that may have been sent more than once. Other schemes have commas of their own. */
export function authorizationsOf(headers: Headers): readonly string[] {
  const value = headers.get('authorization');
  if (value === null) return [];
  const parts = value.split(/, */);
  return parts.filter((part) => parseAuthorization(part) !== null).length > 1 ? parts : [value];
}
