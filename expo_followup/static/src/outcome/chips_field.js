import { registry } from "@web/core/registry";
import { BadgeSelectionField, badgeSelectionField } from "@web/views/fields/badge_selection/badge_selection_field";

import { useRef } from "@odoo/owl";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** One of a few values, as chips that the keyboard reaches: Tab enters them, arrows move, Space or Enter chooses. */
export class ChipsField extends BadgeSelectionField {
    static template = "expo_followup.ChipsField";

    setup() {
        super.setup();
        this.root = useRef("root");
    }

    /** The chip that Tab enters: the chosen one, else the first. */
    isEntry(option) {
        const chosen = this.options.find(([value]) => value === this.value);
        return option === (chosen || this.options[0]);
    }

    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    onKeydown(ev) {
        const step = STEPS[ev.key];
        if (step && !ev.ctrlKey && !ev.altKey && !ev.metaKey) {
            const chips = [...this.root.el.querySelectorAll("button")];
            const index = chips.indexOf(ev.target) + step;
            chips.at(index % chips.length).focus();
            ev.preventDefault();
        }
    }
}

registry.category("fields").add("expo_chips", {
    ...badgeSelectionField,
    component: ChipsField,
    // Core's style hangs on the name of its widget.
    additionalClasses: ["o_field_selection_badge"],
});
