import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

import { endJob, startJob, write } from "./clicks";

const card = ".o_kanban_record:contains(Maria Rossi)";
const opened = [];

registry.category("web_tour.tours").add("expo_messengers", {
    steps: () => [
        {
            content: "A chat by WhatsApp: two clicks",
            trigger: `${card} button.o_expo_messengers`,
            run(helpers) {
                patch(browser, { open: (...args) => opened.push(args.join(" ")) });
                patch(browser.navigator.clipboard, { writeText: (text) => opened.push(text) });
                startJob();
                return helpers.click();
            },
        },
        {
            content: "A wrong account is said in words",
            trigger: ".o_expo_chats .dropdown-item-text:contains(Not an account of QQ)",
        },
        { trigger: ".o_expo_chats [data-network=whatsapp]", run: "click" },
        {
            content: "Logged by its method",
            trigger: ".o_notification:contains(Message to +393331234567) button:contains(Log)",
            run(helpers) {
                endJob("message", 2);
                if (!/^https:\/\/wa\.me\/393331234567\?text=\S+ _blank noopener,noreferrer$/.test(opened[0])) {
                    throw new Error(`opened ${opened}`);
                }
                return helpers.click();
            },
        },
        { trigger: ".o_dialog .o_expo_content textarea:focus", run: () => write("Sent the price list") },
        { trigger: ".o_dialog [name=effect] .o_selection_badge:contains(Positive)", run: "click" },
        { trigger: ".o_dialog footer button[name=action_save]", run: "click" },
        {
            content: "WeChat: the account is copied and the app opened",
            trigger: "body:not(:has(.o_dialog)) .o_kanban_record:contains(Li Wei) button.o_expo_messengers",
            run: "click",
        },
        { trigger: ".o_expo_chats [data-network=wechat]", run: "click" },
        {
            trigger: ".o_notification:contains(Copied: liwei88)",
            run() {
                const [, account, app] = opened;
                if (account !== "liwei88" || !app.startsWith("weixin:// _self")) {
                    throw new Error(`opened ${opened}`);
                }
            },
        },
    ],
});
