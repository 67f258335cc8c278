import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useState } from "@odoo/owl";

const LOG_DELAY = 20000;

/** Chats with a customer: open one with a text, or copy the account and open the app; then log what was written. */
export class Messengers extends Component {
    static template = "expo_followup.Messengers";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        // A board that loads again meanwhile destroys the card: what was begun is finished, so no useService.
        Object.assign(this, pick(this.env.services, "orm", "action", "notification"));
        this.state = useState({ chats: [], copies: [] });
    }

    get record() {
        return this.props.record;
    }

    call(method) {
        return this.orm.call(this.record.resModel, method, [[this.record.resId]]);
    }

    async loadChats() {
        Object.assign(this.state, await this.call("get_messengers"));
    }

    async open(chat) {
        if (!chat.link) {
            await this.copy(chat.account);
        }
        const url = chat.link || chat.app;
        if (url) {
            // Only a page of the web needs a window; an app is opened by the system.
            browser.open(url, url.startsWith("https:") ? "_blank" : "_self", "noopener,noreferrer");
        }
        this.offerLog(chat);
    }

    async copy(value) {
        await browser.navigator.clipboard.writeText(value);
        this.notification.add(_t("Copied: %s", value), { type: "success" });
    }

    offerLog(chat) {
        const close = this.notification.add(_t("Message to %s", chat.account), {
            type: "info",
            autocloseDelay: LOG_DELAY,
            buttons: [{ name: _t("Log"), primary: true, onClick: () => this.log(close) }],
        });
    }

    async log(close) {
        close();
        const action = await this.call("action_log_message");
        await this.action.doAction(action, { onClose: () => this.record.model.load() });
    }
}

registry.category("view_widgets").add("expo_messengers", { component: Messengers });
