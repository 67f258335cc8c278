import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useState } from "@odoo/owl";

/** What else can be done with a record, beside its main button: asked for when the menu is opened. */
export class MoreActions extends Component {
    static template = "expo_followup.MoreActions";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        // A form that loads again meanwhile may destroy the menu: what was begun is finished, so no useService.
        Object.assign(this, pick(this.env.services, "orm", "action"));
        this.state = useState({ groups: [] });
    }

    get record() {
        return this.props.record;
    }

    call(method, args = []) {
        return this.orm.call(this.record.resModel, method, [[this.record.resId], ...args]);
    }

    async loadGroups() {
        this.state.groups = await this.call("get_more_actions");
    }

    async run({ method, args }) {
        if (!(await this.record.save())) {
            return;
        }
        const result = await this.call(method, args);
        const load = () => this.record.model.load();
        if (result?.type) {
            await this.action.doAction(result, { onClose: load });
        } else {
            await load();
        }
    }
}

registry.category("view_widgets").add("expo_more_actions", { component: MoreActions });
