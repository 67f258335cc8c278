import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

const afterRendering = () => new Promise((resolve) => browser.requestAnimationFrame(() => browser.setTimeout(resolve)));

/** The facts that a customer file lacks, as chips that lead to their fields on whatever page of the form. */
export class MissingField extends Component {
    static template = "expo_followup.MissingField";
    static props = { ...standardFieldProps };

    get facts() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(fact, target) {
        const form = target.closest(".o_form_view");
        const find = () => form.querySelector(`.o_notebook .o_field_widget[name="${fact.field}"]`);
        for (const tab of form.querySelectorAll(".o_notebook_headers .nav-link")) {
            if (find()) {
                break;
            }
            tab.click();
            await afterRendering();
        }
        const field = find();
        if (field) {
            field.closest("details")?.setAttribute("open", "");
            field.scrollIntoView({ block: "center" });
            (field.querySelector("input, textarea, select, .o_field_x2many_list_row_add a") || field).focus();
        }
    }
}

registry.category("fields").add("expo_missing", { component: MissingField, supportedTypes: ["json"] });
