import { reactive } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { BoothProblem } from "./booth_server";

// Limits of one request; the server refuses what is much larger (controllers/booth.py).
const BATCH_COUNT = 20;
const BATCH_BYTES = 3_000_000;
const RETRY_SECONDS = [5, 15, 30, 60, 120, 300];
const LOCK = "expo_booth_send";

/** A key that no other capture has, also where the browser has no `randomUUID` (a page served without https). */
export function makeKey() {
    if (window.crypto.randomUUID) {
        return window.crypto.randomUUID();
    }
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [8, 12, 16, 20, 32].map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end)).join("-");
}

/** One sender at a time on this phone, where the browser can tell; elsewhere the server recognises what it has. */
function alone(action) {
    const locks = window.navigator.locks;
    return locks ? locks.request(LOCK, { ifAvailable: true }, (lock) => lock && action()) : action();
}

/** What to do when a correction came too late. */
export const outdatedHint = () =>
    _t("The contact was sent before you corrected it here: please correct it in Odoo as well.");

/**
 * Contacts recorded on this phone. Each is kept here first, then sent, and only forgotten after the server has it.
 *
 * `state.records` are those of the present user, newest first; `state.others` counts what other users left behind.
 * A record's state is "unsent", "sent" or "refused" (with `message`, the server's reason).
 */
export class BoothQueue {
    constructor(store, server) {
        this.store = store;
        this.server = server;
        this.owner = null;
        this.failures = 0;
        this.state = reactive({ records: [], others: [], isSending: false, problem: null });
        if (window.BroadcastChannel) {
            this.channel = new window.BroadcastChannel(LOCK);
            this.channel.onmessage = () => this.refresh();
        }
    }

    get unsentCount() {
        return this.state.records.filter((record) => record.state === "unsent").length;
    }

    get refusedCount() {
        return this.state.records.filter((record) => record.state === "refused").length;
    }

    /** Begin for a user: the user's contacts are listed and sent, those of others are only counted. */
    async start(owner, userName) {
        this.owner = owner;
        this.userName = userName;
        const today = new Date().toDateString();
        for (const record of await this.store.captures()) {
            if (record.state === "sent" && new Date(record.device_time).toDateString() !== today) {
                await this.store.forget(record.client_key);
            }
        }
        await this.refresh();
    }

    async refresh() {
        const records = await this.store.captures();
        records.sort((one, other) => other.device_time.localeCompare(one.device_time));
        this.state.records = records.filter((record) => record.owner === this.owner);
        const others = {};
        for (const record of records) {
            if (record.owner !== this.owner && record.state !== "sent") {
                others[record.user_name] = (others[record.user_name] || 0) + 1;
            }
        }
        this.state.others = Object.entries(others).map(([name, count]) => ({ name, count }));
    }

    /** Keep a new contact. Rejects when the phone has no room: then it is not kept. */
    async add(values, photo) {
        await this._save(
            {
                client_key: makeKey(),
                owner: this.owner,
                user_name: this.userName,
                state: "unsent",
                tries: 0,
                revision: 0,
                message: "",
                device_time: new Date().toISOString(),
                has_photo: Boolean(photo),
                values,
            },
            photo,
        );
    }

    /** Keep a correction of a contact that was not sent or was refused. Returns false when it has been sent by now. */
    async correct(key, values, photo) {
        const record = await this.store.capture(key);
        if (!record) {
            await this.add(values, photo);
            return true;
        }
        if (record.state === "sent") {
            await this.refresh();
            return false;
        }
        // An answer may have got lost: then the server has the contact as it was before.
        const isDoubtful = record.isDoubtful || (record.state === "unsent" && record.tries > 0);
        const revision = record.revision + 1;
        const changed = { ...record, values, revision, isDoubtful, state: "unsent", message: "" };
        await this._save({ ...changed, has_photo: Boolean(photo) }, photo);
        return true;
    }

    /** Give up a contact that the server refused. */
    async discard(key) {
        await this.store.forget(key);
        await this._tell();
    }

    async _save(record, photo) {
        await this.store.save(record, photo || null);
        await this._tell();
        this.send();
    }

    async _tell() {
        this.channel?.postMessage("changed");
        await this.refresh();
    }

    /** Send what waits. Never rejects: what could not be sent stays, `state.problem` says why, and it is tried again. */
    async send() {
        clearTimeout(this.timer);
        this.isWanted = true;
        if (this.state.isSending || !this.owner) {
            return;
        }
        this.state.isSending = true;
        try {
            // What is recorded meanwhile goes next.
            while (this.isWanted) {
                this.isWanted = false;
                if (await alone(() => this._sendAll())) {
                    this.failures = 0;
                    this.state.problem = null;
                }
            }
        } catch (error) {
            this.state.problem =
                error instanceof BoothProblem ? error : new BoothProblem("server", error.message || String(error));
        } finally {
            this.state.isSending = false;
            await this._tell();
        }
        if (this.unsentCount) {
            const seconds = RETRY_SECONDS[Math.min(this.failures++, RETRY_SECONDS.length - 1)];
            this.timer = setTimeout(() => this.send(), seconds * 1000);
        }
    }

    /** The network seems to be back: no need to wait any longer. */
    wake() {
        this.failures = 0;
        return this.send();
    }

    /** @returns {Promise<number>} how many were handed over; with none the server was not asked */
    async _sendAll() {
        const waiting = (await this.store.captures()).filter(
            (record) => record.owner === this.owner && record.state === "unsent",
        );
        waiting.sort((one, other) => one.device_time.localeCompare(other.device_time));
        let batch = [];
        let bytes = 0;
        for (const record of waiting) {
            const photo = record.has_photo ? await this.store.photo(record.client_key) : null;
            const size = JSON.stringify(record.values).length + (photo?.length || 0);
            if (batch.length && (batch.length >= BATCH_COUNT || bytes + size > BATCH_BYTES)) {
                await this._sendBatch(batch);
                [batch, bytes] = [[], 0];
            }
            batch.push({ record, photo });
            bytes += size;
        }
        if (batch.length) {
            await this._sendBatch(batch);
        }
        return waiting.length;
    }

    async _sendBatch(batch) {
        const payloads = [];
        for (const { record, photo } of batch) {
            await this._countTry(record.client_key);
            const { client_key, device_time, values } = record;
            payloads.push({ ...values, client_key, device_time, photo, sent_time: new Date().toISOString() });
        }
        let answers;
        try {
            answers = await this.server.send(this.owner, payloads);
        } catch (error) {
            if (error.kind !== "too_large") {
                throw error;
            }
            return this._sendSmaller(batch);
        }
        for (const answer of answers) {
            const sent = batch.find(({ record }) => record.client_key === answer.client_key);
            await this._note(sent.record, answer);
        }
    }

    /** A phone without room cannot count, but it can send, which makes room. */
    async _countTry(key) {
        try {
            await this.store.update(key, (kept) => ({ ...kept, tries: kept.tries + 1 }));
        } catch (error) {
            console.warn("Not counted:", error);
        }
    }

    async _sendSmaller(batch) {
        if (batch.length > 1) {
            for (const one of batch) {
                await this._sendBatch([one]);
            }
            return;
        }
        const message = _t("The contact is too large for the server: take the photo again, or remove it.");
        await this._note(batch[0].record, { status: "refused", message });
    }

    /** Keep what the server answered about one contact as it was sent; it may have been corrected since. */
    async _note(sent, { status, id, message = "" }) {
        const noted = await this.store.update(sent.client_key, (kept) => {
            const isSame = kept.revision === sent.revision;
            if (kept.state === "sent" || (status === "refused" && !isSame)) {
                return null;
            }
            if (status === "refused") {
                return { ...kept, state: "refused", message };
            }
            const isOutdated = !isSame || (status === "known" && kept.isDoubtful);
            const values = { ...kept.values, raw_text: "" };
            return { ...kept, state: "sent", message: isOutdated ? outdatedHint() : message, values, server_id: id };
        });
        if (noted?.state === "sent") {
            await this.store.forgetPhoto(sent.client_key);
        }
    }
}
