import { registerHooks } from 'node:module';

/** As in a project that tests by another runner: whoever imports vitest fails as if it were not installed. */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'vitest' && !specifier.startsWith('vitest/')) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});
