import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** The outcome dialog by keys: Ctrl-Enter saves, 1 to 4 choose the effect where no text is being written. */
export class OutcomeFormController extends FormController {
    setup() {
        super.setup();
        useHotkey("control+enter", () => this.save("action_save"), { bypassEditableProtection: true });
        useHotkey("control+shift+enter", () => this.save("action_save_and_next"), { bypassEditableProtection: true });
        for (const number of [1, 2, 3, 4]) {
            useHotkey(String(number), () => this.chooseEffect(number));
        }
    }

    async save(name) {
        const { root } = this.model;
        await this.env.onClickViewButton({
            clickParams: { name, type: "object" },
            getResParams: () => ({
                context: root.context,
                evalContext: root.evalContext,
                resModel: root.resModel,
                resId: root.resId,
                resIds: root.resIds,
            }),
        });
    }

    async chooseEffect(number) {
        const [effect] = this.model.root.fields.effect.selection[number - 1];
        await this.model.root.update({ effect });
    }
}

registry.category("views").add("expo_record_outcome", { ...formView, Controller: OutcomeFormController });
