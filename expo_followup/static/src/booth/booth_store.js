/**
 * What this phone keeps: captures until (and on their day after) they were sent, their photos, and the server's lists.
 *
 * A photo lies beside its capture, so that listing a day's contacts does not load all their pictures.
 */

const DATABASE = "expo_booth";
const STORES = { captures: "client_key", photos: "client_key", settings: "name" };

function wait(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

function finished(transaction) {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
}

function open() {
    const request = window.indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(STORES)) {
            request.result.createObjectStore(name, { keyPath });
        }
    };
    return wait(request);
}

/** What a browser says when it has dropped the database under the page, as phones do with pages in the background. */
const DROPPED = ["InvalidStateError", "UnknownError"];

class DurableStore {
    isDurable = true;

    constructor(database) {
        this._use(database);
    }

    _use(database) {
        this.database = database;
        // A newer page wants to change the database: let it, this one opens it again when it is loaded next.
        database.onversionchange = () => database.close();
    }

    /**
     * Do something in a transaction; where the browser has dropped the database it is opened again, once.
     *
     * @param {string[]} names of the objects to use
     * @param {string} mode
     * @param {Function} action takes the transaction and returns a promise
     */
    async _within(names, mode, action) {
        const begin = () => action(this.database.transaction(names, mode, { durability: "strict" }));
        try {
            return await begin();
        } catch (error) {
            if (!DROPPED.includes(error?.name)) {
                throw error;
            }
            console.warn("The database is opened again:", error);
            this._use(await open());
            return begin();
        }
    }

    _read(name, read) {
        return this._within([name], "readonly", (transaction) => wait(read(transaction.objectStore(name))));
    }

    _write(names, write) {
        return this._within(names, "readwrite", async (transaction) => {
            const result = await write((name) => transaction.objectStore(name));
            await finished(transaction);
            return result;
        });
    }

    captures() {
        return this._read("captures", (objects) => objects.getAll());
    }

    capture(key) {
        return this._read("captures", (objects) => objects.get(key));
    }

    async photo(key) {
        return (await this._read("photos", (objects) => objects.get(key)))?.photo || null;
    }

    /** Keep a capture with its photo (a text), or without one (null). */
    save(capture, photo) {
        return this._write(["captures", "photos"], (objects) => {
            objects("captures").put(capture);
            if (photo) {
                objects("photos").put({ client_key: capture.client_key, photo });
            } else {
                objects("photos").delete(capture.client_key);
            }
        });
    }

    /** Change a capture in one go, so that no change in between is lost; `change` returns the new one, or null. */
    update(key, change) {
        return this._write(["captures"], async (objects) => {
            const capture = await wait(objects("captures").get(key));
            const changed = capture && change(capture);
            if (changed) {
                objects("captures").put(changed);
            }
            return changed;
        });
    }

    forget(key) {
        return this._write(["captures", "photos"], (objects) => {
            objects("captures").delete(key);
            objects("photos").delete(key);
        });
    }

    forgetPhoto(key) {
        return this._write(["photos"], (objects) => {
            objects("photos").delete(key);
        });
    }

    async setting(name) {
        return (await this._read("settings", (objects) => objects.get(name)))?.value;
    }

    /** Remember something for the next time; a phone without room forgets it. */
    async set(name, value) {
        try {
            await this._write(["settings"], (objects) => {
                objects("settings").put({ name, value });
            });
        } catch (error) {
            console.warn(`Not kept: ${name}:`, error);
        }
    }
}

/** The same, for a browser that keeps nothing: gone with the page, which says so. */
class PassingStore {
    isDurable = false;
    kept = { captures: new Map(), photos: new Map(), settings: new Map() };

    captures() {
        return Promise.resolve([...this.kept.captures.values()]);
    }

    capture(key) {
        return Promise.resolve(this.kept.captures.get(key));
    }

    photo(key) {
        return Promise.resolve(this.kept.photos.get(key) || null);
    }

    save(capture, photo) {
        this.kept.captures.set(capture.client_key, capture);
        this.kept.photos.set(capture.client_key, photo);
        return Promise.resolve();
    }

    update(key, change) {
        const capture = this.kept.captures.get(key);
        const changed = capture && change(capture);
        if (changed) {
            this.kept.captures.set(key, changed);
        }
        return Promise.resolve(changed);
    }

    forgetPhoto(key) {
        this.kept.photos.delete(key);
        return Promise.resolve();
    }

    forget(key) {
        this.kept.captures.delete(key);
        this.kept.photos.delete(key);
        return Promise.resolve();
    }

    setting(name) {
        return Promise.resolve(this.kept.settings.get(name));
    }

    set(name, value) {
        this.kept.settings.set(name, value);
        return Promise.resolve();
    }
}

const DRAFT = "expo_booth_draft";

/**
 * What is being entered, kept beside the database until it is saved: a phone may end the page at any moment.
 *
 * At once, without waiting for anything; a photo that finds no room is left out.
 */
export const draftStore = {
    read() {
        try {
            return JSON.parse(window.localStorage.getItem(DRAFT));
        } catch {
            return null; // the browser keeps nothing, or what it kept is damaged
        }
    },

    write(draft) {
        for (const photo of new Set([draft.photo, null])) {
            try {
                window.localStorage.setItem(DRAFT, JSON.stringify({ ...draft, photo }));
                return;
            } catch (error) {
                console.warn("The draft is not kept as a whole:", error);
            }
        }
    },

    forget() {
        try {
            window.localStorage.removeItem(DRAFT);
        } catch {
            // The browser keeps nothing.
        }
    },
};

/** Open what this phone keeps. */
export async function openStore() {
    try {
        const store = new DurableStore(await open());
        // Asks the browser not to throw it away when room gets scarce; it may refuse.
        window.navigator.storage?.persist?.().catch(() => {});
        return store;
    } catch (error) {
        console.warn("The browser keeps no data:", error);
        return new PassingStore();
    }
}
