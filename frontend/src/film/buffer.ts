// What has been filmed and not yet acknowledged, kept in the browser: only a buffer, as some systems empty it.

export interface Piece {
  url: string;
  offset: number;
  bytes: ArrayBuffer;
}

const NAME = "facialis-film";
const STORE = "pieces";

function open(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: ["url", "offset"] });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null); // a private window: what is in memory must do
    } catch {
      resolve(null);
    }
  });
}

export class Buffer {
  private readonly database = open();

  async put(piece: Piece): Promise<void> {
    await this.run("readwrite", (store) => store.put(piece));
  }

  async drop(url: string, offset: number): Promise<void> {
    await this.run("readwrite", (store) => store.delete([url, offset]));
  }

  async forget(url: string): Promise<void> {
    await this.run("readwrite", (store) => store.delete(IDBKeyRange.bound([url, 0], [url, Number.MAX_SAFE_INTEGER])));
  }

  // In order; those of one film or, without an address, of all.
  async pieces(url?: string): Promise<Piece[]> {
    const found = (await this.run("readonly", (store) => store.getAll())) as Piece[] | undefined;
    return (found ?? []).filter((piece) => url === undefined || piece.url === url);
  }

  private async run(mode: IDBTransactionMode, deed: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    const database = await this.database;
    if (database === null) return undefined;
    return new Promise((resolve) => {
      const change = database.transaction(STORE, mode, { durability: "relaxed" });
      const asked = deed(change.objectStore(STORE));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => resolve(undefined); // full: what is in memory must do
    });
  }
}
