import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { nameOf } from "./booth_card";

/** The contacts of today, and all that are not sent yet. */
export class BoothList extends Component {
    static template = "expo_followup.BoothList";
    static props = {
        records: Array,
        tiers: Array,
        locale: String,
        isSending: Boolean,
        onEdit: Function,
        onSend: Function,
        onDiscard: Function,
        onClose: Function,
    };

    setup() {
        this.state = useState({ asked: null });
        this.nameOf = (record) => nameOf(record.values);
        this.icons = { unsent: "fa-clock-o", sent: "fa-check", refused: "fa-exclamation-triangle" };
    }

    get isAllSent() {
        return this.props.records.every((record) => record.state !== "unsent");
    }

    time(record) {
        return new Date(record.device_time).toLocaleTimeString(this.props.locale, { timeStyle: "short" });
    }

    statusText({ state, message }) {
        if (state === "refused") {
            return _t("Refused: %s", message);
        }
        return state === "sent" ? [_t("Sent"), message].filter(Boolean).join(". ") : _t("Not sent yet");
    }

    tier(record) {
        return this.props.tiers.find((tier) => tier.id === record.values.tier_id);
    }
}
