import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useExternalListener, useState } from "@odoo/owl";

// As the server counts them: see `_expo_offset_days`.
const UNIT_DAYS = { days: 1, weeks: 7, months: 30 };
const TICK_DAYS = [1, 7, 14, 28, 56, 84, 182, 364];
const MOST_TICKS = 8;

/** Steps of a follow-up plan on an axis of days, by reference date; their windows are moved by dragging and by keys. */
export class PlanTimeline extends Component {
    static template = "expo_followup.PlanTimeline";
    static props = { ...standardWidgetProps };

    setup() {
        // Windows by step, as far as the form does not have them yet.
        this.state = useState({ moved: {} });
        this.drag = null;
        useExternalListener(window, "pointermove", this.onPointerMove);
        useExternalListener(window, "pointerup", () => this.endDrag(true));
        useExternalListener(window, "pointercancel", () => this.endDrag(false));
    }

    get list() {
        return this.props.record.data.template_ids;
    }

    get groups() {
        const steps = this.list.records.map((record) => this.getStep(record));
        return this.list.fields.expo_anchor.selection
            .map(([anchor, name]) => ({ anchor, name, steps: steps.filter((step) => step.anchor === anchor) }))
            .filter((group) => group.steps.length);
    }

    /** First and last day of the axis, which stands still while a step is dragged, and the days marked on it. */
    get axis() {
        const windows = this.list.records.map((record) => this.getWindow(record));
        const first = Math.min(0, ...windows.map((window) => window.first));
        const last = Math.max(...windows.map((window) => window.first + window.days));
        // Before the first step and after the last one there is room for a week.
        const start = first < 0 ? Math.floor(first / 7) * 7 - 7 : 0;
        const days = Math.ceil(last / 7) * 7 + 7 - start;
        const tick = TICK_DAYS.find((one) => days / one <= MOST_TICKS) || Math.ceil(days / MOST_TICKS);
        const ticks = [];
        for (let day = Math.ceil(start / tick) * tick; day < start + days; day += tick) {
            ticks.push({ day, style: `left: ${((day - start) / days) * 100}%` });
        }
        return { start, days, ticks };
    }

    getWindow(record) {
        const { delay_count, delay_unit, delay_from, expo_window_days } = record.data;
        const days = delay_count * UNIT_DAYS[delay_unit];
        return { first: delay_from === "before_plan_date" ? -days : days, days: expo_window_days };
    }

    getStep(record) {
        const { expo_title, activity_type_id, expo_tier_ids, expo_anchor } = record.data;
        const { first, days } = this.state.moved[record.id] || this.getWindow(record);
        const last = first + Math.max(days, 1) - 1;
        const name = expo_title || activity_type_id?.display_name || "";
        return {
            record,
            id: record.id,
            name,
            tiers: expo_tier_ids.records.map((tier) => tier.data.display_name).join(", ") || _t("All tiers"),
            anchor: expo_anchor || "show_end",
            first,
            last,
            days: last - first + 1,
            text: first === last ? `${first}` : `${first} – ${last}`,
            label: _t("%(step)s, day %(first)s to %(last)s", { step: name, first, last }),
        };
    }

    getBarStyle(step, axis) {
        return `left: ${((step.first - axis.start) / axis.days) * 100}%; width: ${(step.days / axis.days) * 100}%`;
    }

    /** The days stand at the right of the bar, and at its left where there is no room. */
    isTextBefore(step, axis) {
        return (step.last + 1 - axis.start) / axis.days > 0.8;
    }

    onPointerDown(ev, step, axis, isEnd) {
        if (this.props.readonly || ev.button || !ev.isPrimary) {
            return;
        }
        const width = ev.target.closest(".o_expo_plan_track").getBoundingClientRect().width;
        this.drag = { step, isEnd, x: ev.clientX, dayWidth: width / axis.days };
    }

    onPointerMove(ev) {
        if (!this.drag || !ev.isPrimary) {
            return;
        }
        const { step, isEnd, x, dayWidth } = this.drag;
        const change = Math.round((ev.clientX - x) / dayWidth);
        this.state.moved[step.id] = isEnd
            ? { first: step.first, days: Math.max(1, step.days + change) }
            : { first: step.first + change, days: step.days };
    }

    async endDrag(isDone) {
        if (!this.drag) {
            return;
        }
        const { step, isEnd } = this.drag;
        const moved = this.state.moved[step.id];
        this.drag = null;
        if (isDone && moved && (moved.first !== step.first || moved.days !== step.days)) {
            await this.save(step.record, { ...moved }, isEnd);
        } else {
            delete this.state.moved[step.id];
        }
    }

    async onKeydown(ev, step) {
        const change = { ArrowLeft: -1, ArrowRight: 1 }[ev.key];
        if (this.props.readonly || !change || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        ev.preventDefault();
        // Keys may be faster than the bars are drawn.
        const { first, days } = this.getStep(step.record);
        if (ev.shiftKey) {
            await this.save(step.record, { first, days: Math.max(1, days + change) }, true);
        } else {
            await this.save(step.record, { first: first + change, days }, false);
        }
    }

    /** Change the step in the form, which saves it; the bar stays where it is until the form has the change. */
    async save(record, { first, days }, isEnd) {
        const delay = { delay_count: Math.abs(first), delay_unit: "days" };
        delay.delay_from = first < 0 ? "before_plan_date" : "after_plan_date";
        this.state.moved[record.id] = { first, days };
        try {
            await record.update(isEnd ? { expo_window_days: days } : delay);
        } finally {
            const moved = this.state.moved[record.id];
            if (moved?.first === first && moved.days === days && this.drag?.step.id !== record.id) {
                delete this.state.moved[record.id];
            }
        }
    }
}

registry.category("view_widgets").add("expo_plan_timeline", { component: PlanTimeline });
