import { useSyncExternalStore } from 'react';

export type Place = 'accounts' | 'settings';

/** The page that the address names, after its `#`. */
export function usePlace(): Place {
  return useSyncExternalStore(listen, () => (location.hash === '#settings' ? 'settings' : 'accounts'));
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
