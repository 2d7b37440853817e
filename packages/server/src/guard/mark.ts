const guarded = new WeakSet<object>();

/** Says of a middleware that it is a guard's, so that an audit knows it by itself and not by a word of a host's. */
export function markGuarded<Middleware extends object>(middleware: Middleware): Middleware {
  guarded.add(middleware);
  return middleware;
}

export function isGuarded(middleware: object): boolean {
  return guarded.has(middleware);
}
