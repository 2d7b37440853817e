/** A value that goes into a statement. Arrays become PostgreSQL arrays; JSON is given as text and cast. */
export type Parameter = string | number | boolean | null | Date | Uint8Array | readonly string[];

/**
 * A statement with a name and named parameters. It is prepared once per connection under its name, which
 * more than doubles the throughput of a cycle; the names keep thirty-odd `$n` from trading places.
 */
export interface Statement<Parameters, Row> {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly (keyof Parameters & string)[];
  /** Only for the compiler: what a row looks like. */
  readonly row?: Row;
}

/**
 * Compiles `:name` to `$1`, `$2` … in the order of first appearance (`::type` is a cast and stays). White space
 * is for who reads it here; PostgreSQL copies the text at every call.
 *
 * @example
 * ```ts
 * const byId = statement<{ id: string }, RequestRow>('request_by_id', 'SELECT * FROM countersign.authorization_request WHERE id = :id');
 * const [row] = await db.query(byId, { id });
 * ```
 */
export function statement<Parameters extends { readonly [Name in keyof Parameters]: Parameter }, Row>(
  name: string,
  text: string,
): Statement<Parameters, Row> {
  const parameters: (keyof Parameters & string)[] = [];
  const compiled = text.replace(/(?<!:):([a-z][A-Za-z0-9]*)/g, (_, parameter: string) => {
    const known = parameters.indexOf(parameter as keyof Parameters & string);
    return `$${known >= 0 ? known + 1 : parameters.push(parameter as keyof Parameters & string)}`;
  });
  return { name: `countersign_${name}`, text: compiled.replace(/\s+/g, ' ').trim(), parameters };
}
