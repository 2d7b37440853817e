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
    return [{ setting: nameOf(issue.path), expected: issue.message }];
  });
}

/** `methods[0].key` */
export function pathName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}
