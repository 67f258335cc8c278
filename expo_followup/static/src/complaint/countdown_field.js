import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillUnmount, useState, xml } from "@odoo/owl";

const { DateTime } = luxon;
const MINUTE = 60000;
const HOUR = 60;
// Longer than this it is said in days.
const LONG = 48 * HOUR;

/** How long it is until a moment, or since when it has passed: counted here, so that an open page stays true. */
export class CountdownField extends Component {
    static template = xml`
        <span
            t-if="value"
            class="o_expo_countdown text-nowrap"
            t-att-class="{ 'text-danger fw-bold': minutes lt 0 }"
            t-att-title="moment"
            t-out="words"
        />`;
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const timer = browser.setInterval(() => (this.state.now = DateTime.now()), MINUTE);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get moment() {
        return formatDateTime(this.value);
    }

    get minutes() {
        return this.value.diff(this.state.now, "minutes").minutes;
    }

    get words() {
        const minutes = Math.abs(this.minutes);
        const isLate = this.minutes < 0;
        if (minutes < HOUR) {
            const count = Math.floor(minutes);
            return isLate ? _t("%s min late", count) : _t("in %s min", count);
        }
        if (minutes < LONG) {
            const count = Math.floor(minutes / HOUR);
            return isLate ? _t("%s h late", count) : _t("in %s h", count);
        }
        const count = Math.floor(minutes / 24 / HOUR);
        return isLate ? _t("%s days late", count) : _t("in %s days", count);
    }
}

registry.category("fields").add("expo_countdown", { component: CountdownField, supportedTypes: ["datetime"] });
