/** Part of every digest of a request's codes: a code for something else has another digest. */
export const requestPurpose = 'authorization_request';
