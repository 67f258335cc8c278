import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

/** What is not set up yet, what it breaks, and the way to where it is set. */
export class Setup extends Component {
    static template = "expo_followup.Setup";
    static props = { gaps: Array, onDismiss: { type: Function, optional: true } };

    setup() {
        this.action = useService("action");
    }

    open(gap) {
        this.action.doAction(gap.action);
    }
}

export class SetupField extends Component {
    static template = "expo_followup.SetupField";
    static components = { Setup };
    static props = { ...standardFieldProps };

    get gaps() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("expo_setup", { component: SetupField, supportedTypes: ["json"] });
