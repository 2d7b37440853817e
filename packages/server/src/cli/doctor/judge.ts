import type { Diagnosis, Figures } from '@countersign/core';
import { databaseFindings } from './database.ts';
import type { Finding } from './finding.ts';
import { growthFindings } from './growth.ts';
import { logFinding } from './log.ts';
import { readerFindings } from './readers.ts';
import { secretFindings } from './secret.ts';

/** What it means, in words. */
export function findingsOf(diagnosis: Diagnosis, figures: Figures): Finding[] {
  return [
    ...databaseFindings(diagnosis),
    ...secretFindings(diagnosis, figures),
    logFinding(diagnosis, figures),
    ...readerFindings(figures),
    ...growthFindings(diagnosis),
  ];
}
