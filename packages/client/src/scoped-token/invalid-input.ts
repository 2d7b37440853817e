import { CountersignError } from '../error.ts';

/** Refuses input as the server does, without having asked it. `message` is what is expected at `path`. */
export function invalidInput(path: (string | number)[], message: string, code = 'custom'): CountersignError {
  return new CountersignError({
    reason: 'invalid_input',
    message: 'The input is not acceptable.',
    details: { issues: [{ path, code, message }] },
  });
}
