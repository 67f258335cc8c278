import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useRef } from "@odoo/owl";

/** Questions with a line to answer each, one below the other: fits a phone, where a list does not. */
export class QuestionsField extends Component {
    static template = "expo_followup.QuestionsField";
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        // Saved by a key before the line was left: what is typed counts.
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({ detail }) => detail.proms.push(this.commit()));
    }

    get lines() {
        return this.props.record.data[this.props.name].records;
    }

    async onChange(line, ev) {
        await this.write(line, ev.target.value);
    }

    async commit() {
        const inputs = this.root.el ? this.root.el.querySelectorAll("input") : [];
        const typed = [...inputs].map((input) => input.value);
        for (const [index, line] of this.lines.entries()) {
            if (index < typed.length) {
                await this.write(line, typed[index]);
            }
        }
    }

    async write(line, answer) {
        if (answer !== (line.data.answer || "")) {
            await line.update({ answer });
        }
    }
}

export const questionsField = {
    component: QuestionsField,
    supportedTypes: ["one2many"],
    useSubView: false,
    relatedFields: [
        { name: "name", type: "char" },
        { name: "hint", type: "char" },
        { name: "question_id", type: "many2one", relation: "expo.question" },
        { name: "answer", type: "char", readonly: false },
    ],
};

registry.category("fields").add("expo_questions", questionsField);
