import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { patch } from "@web/core/utils/patch";
import { exprToBoolean } from "@web/core/utils/strings";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { exportAllItem } from "@web/views/list/export_all/export_all";
import { ListController } from "@web/views/list/list_controller";

import { ExportReasonDialog } from "./export_reason_dialog";

const ROUTES = ["/web/export/csv", "/web/export/xlsx", "/web/pivot/export_xlsx"];

/** Whether the settings let the user export this list; the server decides. */
function mayExport(resModel) {
    const isListed = resModel.startsWith("expo.") || resModel === "res.partner";
    return isListed && user.activeCompanies.every((company) => company.expo_list_export);
}

for (const controller of [ListController, KanbanController]) {
    patch(controller.prototype, {
        getStaticActionMenuItems() {
            const items = super.getStaticActionMenuItems();
            const { isAvailable } = items.export;
            items.export.isAvailable = () => isAvailable() || mayExport(this.props.resModel);
            return items;
        },
    });
}

patch(exportAllItem, {
    async isDisplayed(env) {
        if (await super.isDisplayed(env)) {
            return true;
        }
        // All conditions of core but its right.
        return (
            ["kanban", "list"].includes(env.config.viewType) &&
            !env.model.root.selection.length &&
            exprToBoolean(env.config.viewArch.getAttribute("export_xlsx"), true) &&
            mayExport(env.model.root.resModel)
        );
    },
});

/** Every way of the web client to export a list ends in this download: ask for the reason where one is needed. */
export const exportReasonService = {
    dependencies: ["dialog", "orm"],
    start(_env, { dialog, orm }) {
        const askReason = () =>
            new Promise((resolve) => {
                let given = null;
                const confirm = (reason) => {
                    given = reason;
                };
                dialog.add(ExportReasonDialog, { confirm }, { onClose: () => resolve(given) });
            });
        patch(download, {
            async _download(options) {
                if (!ROUTES.includes(options.url)) {
                    return super._download(options);
                }
                // The table of a pivot view comes as a file.
                const given = options.data.data;
                const data = JSON.parse(await new Blob([given]).text());
                const names = (data.fields || []).map((field) => field.name);
                if (await orm.call("expo.archive", "needs_reason", [data.model, names])) {
                    data.reason = await askReason();
                    if (!data.reason) {
                        return;
                    }
                }
                const text = JSON.stringify(data);
                const sent = given instanceof Blob ? new Blob([text], { type: given.type }) : text;
                return super._download({ ...options, data: { ...options.data, data: sent } });
            },
        });
    },
};

registry.category("services").add("expo_export_reason", exportReasonService);
