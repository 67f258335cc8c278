import { registry } from "@web/core/registry";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** The board of the day: a card dropped on another column goes to the day that the server finds for it. */
class DayGroupList extends RelationalModel.DynamicGroupList {
    async moveRecord(dataRecordId, dataGroupId, refId, targetGroupId) {
        if (dataGroupId === targetGroupId || this.groupByField.name !== "day_bucket") {
            return super.moveRecord(...arguments);
        }
        const source = this.groups.find((group) => group.id === dataGroupId);
        const target = this.groups.find((group) => group.id === targetGroupId);
        const { resId } = source.list.records.find((record) => record.id === dataRecordId);
        try {
            const action = await this.model.orm.call(this.resModel, "action_move_to", [[resId], target.value]);
            await this.model.action.doAction(action);
        } finally {
            // On a day off it went to another column than the one it was dropped on.
            await this.model.load();
        }
    }
}

class DayModel extends RelationalModel {
    static DynamicGroupList = DayGroupList;
}

registry.category("views").add("expo_followup_board", { ...kanbanView, Model: DayModel });
