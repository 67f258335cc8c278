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

class DurableStore {
    isDurable = true;

    constructor(database) {
        this.database = database;
        // A newer page wants to change the database: let it, this one opens it again when it is loaded next.
        database.onversionchange = () => database.close();
    }

    _objects(name) {
        return this.database.transaction(name).objectStore(name);
    }

    captures() {
        return wait(this._objects("captures").getAll());
    }

    capture(key) {
        return wait(this._objects("captures").get(key));
    }

    async photo(key) {
        return (await wait(this._objects("photos").get(key)))?.photo || null;
    }

    /** Keep a capture with its photo (a text), or without one (null). */
    save(capture, photo) {
        const transaction = this.database.transaction(["captures", "photos"], "readwrite", { durability: "strict" });
        transaction.objectStore("captures").put(capture);
        if (photo) {
            transaction.objectStore("photos").put({ client_key: capture.client_key, photo });
        } else {
            transaction.objectStore("photos").delete(capture.client_key);
        }
        return finished(transaction);
    }

    /** Change a capture in one go, so that no change in between is lost; `change` returns the new one, or null. */
    async update(key, change) {
        const transaction = this.database.transaction("captures", "readwrite");
        const objects = transaction.objectStore("captures");
        const capture = await wait(objects.get(key));
        const changed = capture && change(capture);
        if (changed) {
            objects.put(changed);
        }
        await finished(transaction);
        return changed;
    }

    forget(key) {
        const transaction = this.database.transaction(["captures", "photos"], "readwrite");
        transaction.objectStore("captures").delete(key);
        transaction.objectStore("photos").delete(key);
        return finished(transaction);
    }

    forgetPhoto(key) {
        const transaction = this.database.transaction("photos", "readwrite");
        transaction.objectStore("photos").delete(key);
        return finished(transaction);
    }

    async setting(name) {
        return (await wait(this._objects("settings").get(name)))?.value;
    }

    /** Remember something for the next time; a phone without room forgets it. */
    async set(name, value) {
        try {
            const transaction = this.database.transaction("settings", "readwrite");
            transaction.objectStore("settings").put({ name, value });
            await finished(transaction);
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
