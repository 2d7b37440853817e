import { CountersignError, type ErrorReason } from '@countersign/core';
import { SettingsError } from '../../settings/settings-error.ts';
import { StartError } from '../start-error.ts';

/** How a command's own options are called where core has its fields, and what is expected there. */
export type OptionNames = Readonly<Record<string, { readonly option: string; readonly expected: string }>>;

export interface Words {
  readonly options?: OptionNames;
  /** Other reasons, each in a sentence of this command. */
  readonly reasons?: Partial<Readonly<Record<ErrorReason, string>>>;
}

/**
 * What core refuses, in the words of the command line.
 *
 * @throws SettingsError for options that are not acceptable, StartError for another refusal that has words here.
 */
export async function inWords<Result>(
  { options = {}, reasons = {} }: Words,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    if (error.reason === 'invalid_input') throw asSettings(error, options);
    const sentence = reasons[error.reason];
    throw sentence === undefined ? error : new StartError(sentence, { cause: error });
  }
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** One line an option, however many issues it has. */
function asSettings(error: CountersignError, options: OptionNames): Error {
  const issues = (error.details?.['issues'] ?? []) as readonly Issue[];
  const wrong = new Map<string, string>();
  for (const { path, message } of issues) {
    const named = options[String(path[0] ?? '')];
    if (named === undefined && path.length === 0)
      return new StartError(`Refused: ${message}.`, { cause: error });
    wrong.set(named?.option ?? path.join('.'), named?.expected ?? message);
  }
  return new SettingsError([...wrong].map(([setting, expected]) => ({ setting, expected })));
}
