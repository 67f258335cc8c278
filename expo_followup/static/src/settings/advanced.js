import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useEffect, useRef, useState, xml } from "@odoo/owl";

/** In the summary of the `details` of advanced settings: open while settings are searched, as the search finds them. */
export class Advanced extends Component {
    static template = xml`<span t-ref="root" />`;
    static props = { ...standardWidgetProps };

    setup() {
        const root = useRef("root");
        const search = useState(this.env.searchState);
        useEffect(
            (value) => {
                const details = root.el.closest("details");
                details.open = Boolean(value);
                details.classList.toggle("o_expo_searched", details.open);
            },
            () => [search.value],
        );
    }
}

registry.category("view_widgets").add("expo_advanced", { component: Advanced });
