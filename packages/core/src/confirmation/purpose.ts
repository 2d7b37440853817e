/** Part of every digest of a confirmation's codes: a code for something else has another digest. */
export const digestPurpose = 'confirmation';

/** The operation that a confirmation is, to whoever signs for it and to the limit of prompts. */
export const confirmationSlug = 'countersign.confirmation';

/** What confirms a factor. Only factor management asks for one, answers one and uses one (bugs 19, 20). */
export const enrolmentPurpose = 'countersign.factor';

const reserved = 'countersign.';

export function isReserved(purpose: string): boolean {
  return purpose.startsWith(reserved);
}

/** The same of the row `r`. */
export const isForHosts = `(r.purpose IS NULL OR NOT starts_with(r.purpose, '${reserved}'))`;
