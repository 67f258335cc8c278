import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { nameOf, readCard } from "./booth_card";
import { BoothForm } from "./booth_form";
import { outdatedHint } from "./booth_queue";
import { BoothList } from "./booth_list";
import { BoothScanner } from "./booth_scanner";
import { BoothProblem } from "./booth_server";
import { shrinkPhoto } from "./booth_photo";
import { draftStore } from "./booth_store";

const BLANK = {
    channel: "typed",
    raw_text: "",
    tier_id: false,
    role: "visitor",
    name: "",
    company_name: "",
    function: "",
    email: "",
    phone: "",
    country_id: false,
    account: "",
    product_ids: [],
    lang: "",
    note: "",
    contact_consent: "unknown",
};

/** Whether anything was entered that would be lost. */
function isBegun(draft) {
    if (!draft || draft.key) {
        return Boolean(draft?.isChanged);
    }
    return Boolean(
        draft.photo ||
        Object.keys(BLANK).some((name) => String(draft.values[name]) !== String(BLANK[name]) && name !== "channel"),
    );
}

/** The booth page: choose the show, record one contact after the other, see what was sent. */
export class BoothApp extends Component {
    static template = "expo_followup.BoothApp";
    static components = { BoothForm, BoothList, BoothScanner };
    static props = { data: [Object, { value: null }], store: Object, queue: Object, server: Object };

    setup() {
        this.queue = this.props.queue;
        this.queueState = useState(this.queue.state);
        this.state = useState({
            data: this.props.data,
            showId: null,
            screen: "home",
            draft: null,
            notice: "",
            isDurable: this.props.store.isDurable,
        });
        this.listeners = [
            [window, "online", () => this.wake()],
            [window, "beforeunload", (event) => this.onLeave(event)],
            [window, "pagehide", () => this.keepDraft()],
            [document, "visibilitychange", () => this.onVisibility()],
            [document, "input", () => this.keepDraftSoon()],
            [document, "click", () => this.keepDraftSoon()],
        ];
        onMounted(async () => {
            this.listeners.forEach(([target, name, action]) => target.addEventListener(name, action));
            await this.restore();
            await this.refreshData();
            this.queue.send();
        });
        onWillUnmount(() => {
            this.listeners.forEach(([target, name, action]) => target.removeEventListener(name, action));
        });
    }

    // -- what is shown -----------------------------------------------------------------------------------

    get show() {
        return this.state.data.shows.find((show) => show.id === this.state.showId);
    }

    get unsentCount() {
        return this.queueState.records.filter((record) => record.state === "unsent").length;
    }

    get refusedCount() {
        return this.queueState.records.filter((record) => record.state === "refused").length;
    }

    /** What stands in the way of the server, in the user's words; "" when nothing does. */
    get problemText() {
        const { problem } = this.queueState;
        const texts = {
            offline: () => _t("No network. You can continue: contacts stay on this phone and are sent later."),
            session: () => _t("You are logged out. Contacts stay on this phone and are sent once you log in again."),
            other_user: () =>
                _t("%(other)s is logged in now. The contacts that %(user)s recorded are not sent under another name.", {
                    other: problem.message,
                    user: this.state.data.user_name,
                }),
            forbidden: () =>
                _t("You are no longer allowed to record contacts: ask your manager. Your contacts stay on this phone."),
            busy: () => _t("Too many contacts at once. The rest will be sent a little later."),
            too_large: () => _t("The contact is too large for the server."),
            server: () => _t("The server has a problem. Sending will be retried. %s", problem.message),
        };
        return problem ? texts[problem.kind]?.() || problem.message : "";
    }

    othersText({ name, count }) {
        return _t("Recorded by %(name)s and not sent: %(count)s. To send them, %(name)s has to log in on this phone.", {
            name,
            count,
        });
    }

    get needsLogin() {
        return ["session", "other_user"].includes(this.queueState.problem?.kind);
    }

    // -- the server's lists ------------------------------------------------------------------------------

    async restore() {
        if (!this.state.data) {
            return;
        }
        this.chooseShow((await this.props.store.setting("show")) || null);
        const draft = draftStore.read();
        if (draft?.owner === this.state.data.owner) {
            this.edit(draft);
        }
    }

    /** Ask the server for its lists; without network those of the last time are used. */
    async refreshData() {
        let data;
        try {
            data = await this.props.server.load();
        } catch (error) {
            this.queueState.problem = error;
            return;
        }
        const before = this.state.data;
        const isOther = before && before.owner !== data.owner;
        if (isOther && isBegun(this.state.draft)) {
            this.queueState.problem = new BoothProblem("other_user", data.user_name);
            return;
        }
        this.queueState.problem = null;
        await this.props.store.set("data", data);
        if (isOther || (before?.locale !== data.locale && !isBegun(this.state.draft))) {
            this.isReloading = true;
            window.location.reload();
            return;
        }
        this.state.data = data;
        this.chooseShow(this.state.showId);
    }

    async wake() {
        await this.refreshData();
        await this.queue.wake();
    }

    /** The show used last, else the first of the server's list: it begins with the running ones. */
    chooseShow(showId) {
        const { shows } = this.state.data;
        const chosen = shows.find((show) => show.id === showId) || shows[0];
        this.state.showId = chosen?.id || null;
    }

    async onShow(showId) {
        this.state.showId = showId;
        this.go("home");
        await this.props.store.set("show", showId);
    }

    go(screen) {
        this.state.notice = "";
        this.state.screen = screen;
    }

    // -- recording ---------------------------------------------------------------------------------------

    edit(draft) {
        this.state.draft = draft;
        this.go("form");
    }

    begin(channel, values = {}, photo = null) {
        this.edit({ key: null, photo, isChanged: false, values: { ...BLANK, channel, ...values } });
    }

    onScanned(text) {
        const read = readCard(text, this.state.data.countries);
        this.begin("scan", { raw_text: text, ...read, read });
    }

    async onPhoto(event) {
        const [file] = event.target.files;
        event.target.value = "";
        if (!file) {
            return;
        }
        try {
            this.begin("photo", {}, await shrinkPhoto(file));
        } catch {
            this.state.notice = _t("This picture cannot be read: take a photo with the camera, or type the details.");
        }
    }

    async onEdit(record) {
        const photo = record.has_photo ? await this.props.store.photo(record.client_key) : null;
        const { client_key: key, message } = record;
        const values = { ...BLANK, ...record.values };
        // A show that is gone is a reason for being refused: the present one takes its place.
        if (!this.state.data.shows.some((show) => show.id === values.exhibition_id)) {
            values.exhibition_id = this.state.showId;
        }
        this.edit({ key, photo, message, isChanged: false, values });
    }

    /** Keep the contact on the phone, and send it if that is possible now. */
    async onSave(draft) {
        // A copy without OWL's proxies, which a browser's database cannot keep.
        let isLate = false;
        const values = JSON.parse(JSON.stringify({ exhibition_id: this.state.showId, ...draft.values }));
        try {
            if (draft.key) {
                isLate = !(await this.queue.correct(draft.key, values, draft.photo));
            } else {
                await this.queue.add(values, draft.photo);
            }
        } catch (error) {
            console.warn("The contact could not be kept:", error);
            this.state.notice =
                error?.name === "QuotaExceededError"
                    ? _t("This phone has no space left, so the contact was not saved. Free up space, then save again.")
                    : _t("The contact was not saved on this phone. Save it again; what you entered is still here.");
            return;
        }
        this.close();
        const name = nameOf(values) || _t("contact without name");
        this.state.notice = isLate ? outdatedHint() : _t("Saved: %s", name);
    }

    close() {
        this.state.draft = null;
        draftStore.forget();
        this.go("home");
    }

    // -- leaving -----------------------------------------------------------------------------------------

    onLeave(event) {
        if (!this.isReloading && (isBegun(this.state.draft) || this.unsentCount)) {
            event.preventDefault();
            // Older browsers ask only when this is set.
            event.returnValue = "";
        }
    }

    onVisibility() {
        if (document.visibilityState === "visible") {
            this.wake();
        } else {
            this.keepDraft();
        }
    }

    /** Not at every letter: a photo is large. */
    keepDraftSoon() {
        clearTimeout(this.keeping);
        this.keeping = setTimeout(() => this.keepDraft(), 300);
    }

    /** Phones end a page without asking: what was begun is kept until it is saved. */
    keepDraft() {
        if (isBegun(this.state.draft)) {
            draftStore.write({ ...this.state.draft, owner: this.state.data.owner });
        }
    }

    retry() {
        window.location.reload();
    }
}
