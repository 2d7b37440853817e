import type { z } from 'zod';
import type { WrongSetting } from './settings-error.ts';

/** zod's findings about settings, each under the name by which the person knows the setting. */
export function wrongSettings(
  error: z.ZodError,
  nameOf: (path: readonly PropertyKey[]) => string,
): WrongSetting[] {
  return error.issues.flatMap((issue): WrongSetting[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        setting: nameOf([...issue.path, key]),
        expected: 'no such setting',
      }));
    }
    return [{ setting: nameOf(issue.path), expected: expectedBy(issue) }];
  });
}

const kinds: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
};

/** The field's words; where it has none, of what kind its value must be. */
function expectedBy(issue: z.core.$ZodIssue): string {
  const kind = issue.code === 'invalid_type' ? kinds[issue.expected] : undefined;
  return kind !== undefined && issue.message.startsWith('Invalid input') ? kind : issue.message;
}

/** `methods[0].key` */
export function pathName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}
