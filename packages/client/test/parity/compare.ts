/** True only for the very same type: `any`, `unknown` and an optional key all make a difference. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** What has no places within. */
export type Leaf = Date | string | number | bigint | boolean | symbol | null | undefined;

/** The places at which a type is `any`: it would pass every other comparison of a value. */
export type AnyIn<T, Path extends string> = 0 extends 1 & T
  ? Path
  : T extends Leaf
    ? never
    : T extends AsyncIterable<infer Each> | readonly (infer Each)[]
      ? AnyIn<Each, `${Path}[]`>
      : T extends object
        ? { [Key in keyof T & string]-?: AnyIn<T[Key], `${Path}.${Key}`> }[keyof T & string]
        : never;

/** Written out: interfaces and intersections as one object, nothing readonly. */
export type Plain<T> = T extends Leaf
  ? T
  : T extends AsyncIterable<infer Each>
    ? AsyncIterable<Plain<Each>>
    : T extends readonly (infer Each)[]
      ? Plain<Each>[]
      : T extends object
        ? { -readonly [Key in keyof T]: Plain<T[Key]> }
        : T;

/** The keys whose values are not the same in both, or are missing in one. */
export type Drift<A, B> = {
  [Key in (keyof A | keyof B) & string]: Key extends keyof A & keyof B
    ? Equal<A[Key], B[Key]> extends true
      ? never
      : Key
    : Key;
}[(keyof A | keyof B) & string];

/** The same one level deeper: `router.procedure`. */
export type DriftOfRouters<A, B> = {
  [Key in (keyof A | keyof B) & string]: Key extends keyof A & keyof B
    ? `${Key}.${Drift<A[Key], B[Key]>}`
    : Key;
}[(keyof A | keyof B) & string];
