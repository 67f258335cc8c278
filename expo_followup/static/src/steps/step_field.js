import {
    StatusBarDurationField,
    statusBarDurationField,
} from "@mail/views/fields/statusbar_duration/statusbar_duration_field";
import { registry } from "@web/core/registry";

/** A step that is refused is taken back: what stayed in the form would be refused again with every later button. */
export class StepField extends StatusBarDurationField {
    async selectItem(item) {
        const { record } = this.props;
        // What else was typed is kept, whatever becomes of the step.
        if (!(await record.save())) {
            return;
        }
        try {
            await super.selectItem(item);
        } catch (error) {
            await record.discard();
            throw error;
        }
    }
}

registry.category("fields").add("expo_step", {
    ...statusBarDurationField,
    component: StepField,
    // The looks of a status bar hang on the name of its widget.
    additionalClasses: ["o_field_statusbar_duration"],
});
