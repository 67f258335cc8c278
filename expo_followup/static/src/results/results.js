import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

import { openRecords } from "../lists/open_records";

const ROWS = 10;

/** What a show brought on one page, read in one request; its numbers open their lists. */
export class Results extends Component {
    static template = "expo_followup.Results";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ data: null, unfolded: {} });
        onWillStart(() => this.load(this.props.action.context?.active_id || false));
    }

    get data() {
        return this.state.data;
    }

    async load(id) {
        this.state.data = await this.orm.call("expo.exhibition", "get_results", [id]);
        if (this.data) {
            this.env.config.setDisplayName(this.data.name);
        }
    }

    openShow(id) {
        this.action.doAction("expo_followup.action_exhibition_results", { additionalContext: { active_id: id } });
    }

    getRows(table) {
        return this.state.unfolded[table.field] ? table.rows : table.rows.slice(0, ROWS);
    }

    /** How many of the show's contacts came so far, in per cent. */
    getShare(stage, name = "count") {
        const all = this.data.stages[0][name];
        return all ? Math.round((100 * stage[name]) / all) : 0;
    }

    format(figure, name = "value") {
        const value = figure[name];
        if (value === null || value === undefined) {
            return "–";
        }
        return figure.is_percent
            ? `${formatFloat(value, { digits: [16, 0] })} %`
            : formatMonetary(value, { currencyId: this.data.currency_id });
    }

    openCustomers(stage, field, row) {
        const domain = row ? [...stage.domain, [field, "=", row.id]] : stage.domain;
        const name = [this.data.name, stage.name, row?.name].filter(Boolean).join(" · ");
        return openRecords(this.action, "expo_followup.action_participation", { domain, name, viewType: "list" });
    }

    async openFigure(figure) {
        this.action.doAction(
            await this.orm.call("expo.exhibition", "action_open_figure", [[this.data.id], figure.key]),
        );
    }

    async openCaptures() {
        this.action.doAction(await this.orm.call("expo.exhibition", "action_open_captures", [[this.data.id]]));
    }
}

registry.category("actions").add("expo_results", Results);
