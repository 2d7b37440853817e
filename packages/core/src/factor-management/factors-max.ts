/**
 * Factors of one subject that were not removed, devices among them. Who needs more has forgotten some; and every one of
 * them is opened and asked at each request.
 */
export const factorsMax = 20;
