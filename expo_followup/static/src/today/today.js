import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onMounted, onWillStart, useState } from "@odoo/owl";

import { openRecords } from "../lists/open_records";
import { Postpone } from "../postpone/postpone";
import { Setup } from "../setup/setup";

const FOLLOWUP = "expo.followup";

/** The day's work on one page: read in one request, done where it is listed. */
export class Today extends Component {
    static template = "expo_followup.Today";
    static components = { Layout, Postpone, Setup };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ data: null, gaps: [] });
        this.isBusy = false;
        onWillStart(() => this.load(false));
        // What is not set up does not hold up the page.
        onMounted(() => this.loadSetup());
    }

    get data() {
        return this.state.data;
    }

    async load(isTeam = this.data.is_team) {
        this.state.data = await this.orm.call(FOLLOWUP, "get_today", [isTeam]);
    }

    async loadSetup() {
        if (this.data.is_manager) {
            const gaps = await this.orm.silent.call("res.company", "expo_get_setup_gaps", []);
            const hidden = (user.settings.expo_hidden_gaps || "").split(",");
            this.state.gaps = gaps.filter((gap) => !hidden.includes(gap.key));
        }
    }

    /** What is missing later is shown again. */
    async hideSetup() {
        const hidden = (user.settings.expo_hidden_gaps || "").split(",").filter(Boolean);
        hidden.push(...this.state.gaps.map((gap) => gap.key));
        this.state.gaps = [];
        await user.setUserSettings("expo_hidden_gaps", hidden.join(","));
    }

    /** The follow-up that a row is about: its own, or the one that asks for an answer. */
    getFollowupId(row) {
        return row.model === FOLLOWUP ? row.id : row.followup_id;
    }

    canLog(section, row) {
        return ["calls", "tasks", "answers"].includes(section.key) && this.getFollowupId(row);
    }

    /** A row as the widget to postpone expects it. */
    asRecord(row) {
        return {
            resModel: FOLLOWUP,
            resId: this.getFollowupId(row),
            data: row,
            model: { root: {}, load: () => this.load() },
        };
    }

    /** A second click while the first is on its way does nothing. */
    async call(ids, method, model = FOLLOWUP) {
        if (this.isBusy) {
            return;
        }
        this.isBusy = true;
        try {
            const action = await this.orm.call(model, method, [ids]);
            await this.action.doAction(action, { onClose: () => this.load() });
            if (action.type !== "ir.actions.act_window") {
                await this.load();
            }
        } finally {
            this.isBusy = false;
        }
    }

    openRow(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    /** Open all that a number counts; a counter has a list of its own. */
    openList({ action, domain, name }) {
        return domain ? openRecords(this.action, action, { domain, name }) : this.action.doAction(action);
    }

    openResults({ id }) {
        this.action.doAction("expo_followup.action_exhibition_results", { additionalContext: { active_id: id } });
    }

    openUser(member, bucket) {
        return this.openList({
            action: "expo_followup.action_followup_all",
            domain: member.domains[bucket],
            name: member.name,
        });
    }
}

registry.category("actions").add("expo_today", Today);
