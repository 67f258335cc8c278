import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Say what a command did, with a button that undoes it for some seconds, or with the lists of what it made. */
export function notifyDone(env, action) {
    const { message, type, undo_id: undoId, seconds, lists = [], next } = action.params;
    const { hotkey, notification, orm, action: actions } = env.services;
    const buttons = lists.map(({ name, action: list }) => ({ name, onClick: () => actions.doAction(list) }));
    const notice = {};
    let removeKey = () => {};
    const undo = async () => {
        notice.close();
        const result = await orm.call("expo.undo", "undo_command", [undoId]);
        notification.add(result.message, { type: result.type });
        await actions.doAction("soft_reload");
    };
    if (undoId) {
        buttons.push({ name: _t("Undo"), onClick: undo });
        // Tab does not come to a message before it is gone. In a text the keys undo what was typed.
        removeKey = hotkey.add("control+z", undo, { global: true });
    }
    notice.close = notification.add(message, {
        type,
        buttons,
        onClose: () => removeKey(),
        ...(seconds && { autocloseDelay: seconds * 1000 }),
    });
    return next;
}

registry.category("actions").add("expo_followup_done", notifyDone);
