import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

/** The pages of a menu that has more of them than a menu should: one click to each. */
export class Pages extends Component {
    static template = "expo_followup.Pages";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ sections: [] });
        onWillStart(async () => {
            const { folder } = this.props.action.params;
            this.state.sections = await this.orm.call("ir.ui.menu", "expo_get_pages", [folder]);
        });
    }

    open(id) {
        this.action.doAction(id);
    }
}

registry.category("actions").add("expo_pages", Pages);
