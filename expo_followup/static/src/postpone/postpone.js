import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
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
        Object.assign(this, pick(this.env.services, "orm", "action"));
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

    /** On a page it is loaded again, a dialog about a follow-up is closed. */
    get staysHere() {
        return this.isFollowup || !this.env.inDialog;
    }

    get isOpen() {
        const { state, mail_state: mailState } = this.record.data;
        return !this.isFollowup || (this.record.resId && ["planned", "due"].includes(state) && mailState !== "sending");
    }

    async loadChoices() {
        this.state.choices = await this.orm.call(FOLLOWUP, "get_postpone_choices", [this.followupId]);
    }

    async postpone({ choice }) {
        const { root } = this.record.model;
        // What was typed in the form of the follow-up, or of the customer above it, is kept.
        if (this.isFollowup && root.save && !(await root.save())) {
            return;
        }
        const action = await this.orm.call(FOLLOWUP, "action_postpone_to", [[this.followupId], choice]);
        // In a dialog the action closes it, which the board waits for.
        await this.action.doAction(action);
        if (this.staysHere) {
            await this.record.model.load();
        }
    }

    async openDialog() {
        const action = await this.orm.call(FOLLOWUP, "action_postpone", [[this.followupId]]);
        await this.action.doAction(action, { onClose: () => this.staysHere && this.record.model.load() });
    }
}

registry.category("view_widgets").add("expo_postpone", {
    component: Postpone,
    // An icon there.
    listViewWidth: 20,
    extractProps: ({ options }) => ({ isIcon: Boolean(options?.icon) }),
});
