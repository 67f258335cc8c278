import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onMounted, useRef, xml } from "@odoo/owl";

/** In the summary of a `details` element of a form: opens it when one of the named fields holds something. */
export class Fold extends Component {
    static template = xml`<span t-ref="root" />`;
    static props = { ...standardWidgetProps, fields: { type: Array } };

    setup() {
        const root = useRef("root");
        onMounted(() => {
            const { data } = this.props.record;
            const isFilled = this.props.fields.some((name) => data[name] && data[name].count !== 0);
            root.el.closest("details").open = isFilled;
        });
    }
}

registry.category("view_widgets").add("expo_fold", {
    component: Fold,
    extractProps: ({ attrs }) => ({ fields: attrs.fields.split(",") }),
});
