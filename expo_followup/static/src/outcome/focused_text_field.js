import { registry } from "@web/core/registry";
import { useAutofocus } from "@web/core/utils/hooks";
import { TextField, textField } from "@web/views/fields/text/text_field";

// Core's default_focus is for new records only; a dialog may open on a saved one.
export class FocusedTextField extends TextField {
    setup() {
        super.setup();
        useAutofocus({ refName: "textarea" });
    }
}

registry.category("fields").add("expo_focused_text", {
    ...textField,
    component: FocusedTextField,
    // Core's style hangs on the name of its widget.
    additionalClasses: ["o_field_text"],
});
