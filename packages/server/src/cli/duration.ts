import { SettingsError } from '../settings/settings-error.ts';

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export const durationExpected = 'a duration such as 90s, 15m, 1h or 30d';

/**
 * Seconds of a duration as a person writes it: `90s`, `15m`, `1h`, `30d`. A bare number is refused: of what?
 *
 * @throws SettingsError naming the option.
 */
export function secondsOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^([1-9][0-9]{0,8})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new SettingsError([{ setting: option, expected: durationExpected }]);
  return Number(count) * seconds[unit as keyof typeof seconds];
}
