import { registry } from "@web/core/registry";
import { capitalize } from "@web/core/utils/strings";
import { RemainingDaysField, remainingDaysField } from "@web/views/fields/remaining_days/remaining_days_field";

const A_WEEK = 7;

/** Days until a deadline. Core says "Next month" for the day after tomorrow at the end of a month. */
export class DueField extends RemainingDaysField {
    get diffString() {
        const days = this.diffDays;
        if (days === null) {
            return "";
        }
        const value = this.props.record.data[this.props.name];
        if (days < A_WEEK) {
            return capitalize(value.startOf("day").toRelativeCalendar({ unit: "days" }));
        }
        return value.toLocaleString({
            weekday: "short",
            day: "numeric",
            month: "short",
            ...(days > 300 && { year: "numeric" }),
        });
    }
}

registry.category("fields").add("expo_due", {
    ...remainingDaysField,
    component: DueField,
    // Core's style hangs on the name of its widget.
    additionalClasses: ["o_field_remaining_days"],
});
