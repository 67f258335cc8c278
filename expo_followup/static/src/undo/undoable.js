import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Say what a command did, with a button that undoes it for some seconds: see models/followup/undo.py. */
export function showUndoable(env, action) {
    const { message, type, undo_id: undoId, seconds, next } = action.params;
    const { notification, orm, action: actions } = env.services;
    let close;
    const undo = async () => {
        close();
        const result = await orm.call("expo.undo", "undo_command", [undoId]);
        notification.add(result.message, { type: result.type });
        await actions.doAction("soft_reload");
    };
    close = notification.add(message, {
        type,
        ...(undoId && { autocloseDelay: seconds * 1000, buttons: [{ name: _t("Undo"), onClick: undo }] }),
    });
    return next;
}

registry.category("actions").add("expo_followup_undoable", showUndoable);
