import { serverUrl } from '@countersign/core/testing';
import { serverOfProcess } from './server-of-process.ts';

/** The one that was named, by the test or by the environment, or one of this process. */
export async function databaseServer(named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  // Several may be named, one for each worker.
  return process.env['COUNTERSIGN_TEST_DATABASE'] ? serverUrl() : await serverOfProcess();
}
