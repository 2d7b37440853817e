export type EmbeddedPostgresErrorCode =
  | 'already_open'
  | 'initdb_failed'
  | 'no_unprivileged_user'
  | 'start_failed'
  | 'unreachable_directory'
  | 'unsupported_platform';

/** The one error of this package. The message is written for the person who started the program. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
