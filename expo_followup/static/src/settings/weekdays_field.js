import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

const { Info } = luxon;

/** Weekdays to switch on and off; stored as digits, 1 is Monday; none means any working day. */
export class WeekdaysField extends Component {
    static template = "expo_followup.WeekdaysField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get days() {
        const [short, long] = [Info.weekdays("short"), Info.weekdays("long")];
        return short.map((name, index) => ({
            digit: `${index + 1}`,
            name,
            title: long[index],
            isOn: this.value.includes(`${index + 1}`),
        }));
    }

    get text() {
        const chosen = this.days.filter((day) => day.isOn).map((day) => day.name);
        return chosen.length ? chosen.join(", ") : _t("Any working day");
    }

    toggle({ digit, isOn }) {
        const digits = isOn ? this.value.replace(digit, "") : [...this.value, digit].sort().join("");
        this.props.record.update({ [this.props.name]: digits || false });
    }
}

registry.category("fields").add("expo_weekdays", { component: WeekdaysField, supportedTypes: ["char"] });
