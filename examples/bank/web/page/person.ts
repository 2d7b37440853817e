const key = 'acme-bank-person';

/** Says to the other pages of this browser, the phone above all, who is signed in now. */
export function tellPerson(person: string): void {
  try {
    localStorage.setItem(key, person);
  } catch {
    // A storage that is shut: then the phone stays Ada’s.
  }
}

export function personTold(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Told of what another page says. Returns its remover. */
export function onPerson(listener: () => void): () => void {
  const heard = (event: StorageEvent): void => {
    if (event.key === key && event.newValue !== event.oldValue) listener();
  };
  addEventListener('storage', heard);
  return () => removeEventListener('storage', heard);
}
