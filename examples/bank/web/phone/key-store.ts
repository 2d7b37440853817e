/** What this browser keeps of a phone: its name, and a key pair whose private half nobody can read. */
export interface StoredPhone {
  readonly uuid: string;
  readonly pair: CryptoKeyPair;
}

const database = 'acme-phone';
const store = 'phones';

/** One phone for each person. */
export async function loadPhone(person: string): Promise<StoredPhone | null> {
  const found: unknown = await run('readonly', (phones) => phones.get(person));
  return isStoredPhone(found) ? found : null;
}

export async function savePhone(person: string, phone: StoredPhone): Promise<void> {
  await run('readwrite', (phones) => phones.put(phone, person));
}

function isStoredPhone(value: unknown): value is StoredPhone {
  const { uuid, pair } = (value ?? {}) as Partial<StoredPhone>;
  return typeof uuid === 'string' && pair !== undefined;
}

async function run(mode: IDBTransactionMode, work: (phones: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const opened = indexedDB.open(database, 1);
  opened.addEventListener('upgradeneeded', () => opened.result.createObjectStore(store));
  await done(opened);
  try {
    return await done(work(opened.result.transaction(store, mode).objectStore(store)));
  } finally {
    opened.result.close();
  }
}

function done(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')));
  });
}
