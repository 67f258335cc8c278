import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

const PAGE = 20;
const ICONS = {
    show: "fa-globe",
    letter: "fa-envelope-o",
    followup: "fa-phone",
    answer: "fa-reply",
    sample: "fa-cube",
    visit: "fa-handshake-o",
    order: "fa-shopping-cart",
    invoice: "fa-file-text-o",
    complaint: "fa-exclamation-triangle",
    gift: "fa-gift",
    opinion: "fa-comment-o",
    tier: "fa-signal",
    class: "fa-line-chart",
};

/** All that happened with a customer, latest first: on the customer file and on the contact. */
export class Timeline extends Component {
    static template = "expo_followup.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ facts: [], kinds: [], kind: false, count: 0 });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                Object.assign(this.state, { kind: false, facts: [] });
            }
            return this.load(next.record);
        });
    }

    async load(record, limit = PAGE) {
        if (!record.resId) {
            return;
        }
        const { resModel: model, resId: id } = record;
        const result = await this.orm.call("expo.timeline", "get_facts", [model, id, this.state.kind, limit]);
        Object.assign(this.state, result);
    }

    getIcon(fact) {
        return ICONS[fact.kind];
    }

    getDay(fact) {
        return formatDate(deserializeDate(fact.day));
    }

    async choose(kind) {
        this.state.kind = kind;
        await this.load(this.props.record);
    }

    async loadMore() {
        await this.load(this.props.record, this.state.facts.length + PAGE);
    }

    async open(fact) {
        await this.action.doAction(await this.orm.call("expo.timeline", "action_open_record", [[fact.id]]));
    }
}

registry.category("view_widgets").add("expo_timeline", { component: Timeline });
