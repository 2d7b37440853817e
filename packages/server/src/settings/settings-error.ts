/** One setting that is wrong: its name as the person wrote it, and what is expected. Never its value. */
export interface WrongSetting {
  readonly setting: string;
  readonly expected: string;
}

/**
 * Every wrong setting at once, so that nobody repairs them one start at a time.
 *
 * @example
 * ```text
 * Some settings are wrong:
 *   COUNTERSIGN_SECRET  expected base64 of at least 32 random bytes, such as from: openssl rand -base64 32
 *   --port              expected a whole number from 0 to 65535
 * ```
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly wrong: readonly WrongSetting[];

  constructor(wrong: readonly WrongSetting[]) {
    const width = Math.max(...wrong.map(({ setting }) => setting.length));
    const lines = wrong.map(({ setting, expected }) => `  ${setting.padEnd(width)}  expected ${expected}`);
    super(`${wrong.length === 1 ? 'A setting is' : 'Some settings are'} wrong:\n${lines.join('\n')}`);
    this.wrong = wrong;
  }
}
