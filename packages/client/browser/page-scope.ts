/** What the page of a person may do who looks after their own factors: each by its name, as a first factor needs it. */
export const pageScope = {
  rpc: {
    q: ['authorizationRequest.get', 'device.list', 'event.list', 'factor.list', 'method.list'],
    m: [
      ...['cancel', 'challenge', 'deny', 'grant', 'reset'].map((verb) => `authorizationRequest.${verb}`),
      ...['create', 'confirm', 'update', 'remove'].map((verb) => `factor.${verb}`),
      'device.revoke',
    ],
    s: ['authorizationRequest.watch', 'event.stream'],
  },
};
