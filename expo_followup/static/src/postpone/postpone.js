import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useState } from "@odoo/owl";

const FOLLOWUP = "expo.followup";

/** Postpone a follow-up in two clicks: on its card, in lists, on its form and in dialogs about it. */
export class Postpone extends Component {
    static template = "expo_followup.Postpone";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps, isIcon: { type: Boolean, optional: true } };

    setup() {
        // A board that loads again meanwhile destroys the card: what was begun is finished, so no useService.
        Object.assign(this, pick(this.env.services, "orm", "action", "notification"));
        this.state = useState({ choices: [] });
    }

    get record() {
        return this.props.record;
    }

    get isFollowup() {
        return this.record.resModel === FOLLOWUP;
    }

    get followupId() {
        return this.isFollowup
            ? this.record.resId
            : (this.record.data.followup_id || this.record.data.next_followup_id).id;
    }

    get isOpen() {
        const { state, mail_state: mailState } = this.record.data;
        return !this.isFollowup || (this.record.resId && ["planned", "due"].includes(state) && mailState !== "sending");
    }

    async loadChoices() {
        this.state.choices = await this.orm.call(FOLLOWUP, "get_postpone_choices", [this.followupId]);
    }

    async postpone({ choice, day }) {
        const { root } = this.record.model;
        // What was typed in the form of the follow-up, or of the customer above it, is kept.
        if (this.isFollowup && root.save && !(await root.save())) {
            return;
        }
        await this.orm.call(FOLLOWUP, "postpone_to", [[this.followupId], choice]);
        this.notification.add(_t("Postponed to %s", day), { type: "success" });
        await this.finish();
    }

    async openDialog() {
        const action = await this.orm.call(FOLLOWUP, "action_postpone", [[this.followupId]]);
        await this.action.doAction(action, { onClose: () => (this.isFollowup || !this.env.inDialog) && this.finish() });
    }

    async finish() {
        if (this.isFollowup || !this.env.inDialog) {
            await this.record.model.load();
        } else {
            await this.action.doAction({ type: "ir.actions.act_window_close" });
        }
    }
}

registry.category("view_widgets").add("expo_postpone", {
    component: Postpone,
    extractProps: ({ options }) => ({ isIcon: Boolean(options?.icon) }),
});
