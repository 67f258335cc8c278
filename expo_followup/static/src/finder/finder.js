import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { fuzzyTest } from "@web/core/utils/search";

const PAUSE = 250;
const KINDS = { customer: _t("Customer"), exhibition: _t("Exhibition"), complaint: _t("Complaint") };
let asked = 0;

/** The name of what was found, with what it was found by: the palette keeps what resembles the text typed. */
function getName({ kind, name, found }, text) {
    const label = `${KINDS[kind]}: ${name}`;
    const parts = [label, found, text].filter(Boolean);
    return fuzzyTest(text, label)
        ? label
        : fuzzyTest(text, `${label} · ${found}`)
          ? `${label} · ${found}`
          : parts.join(" · ");
}

registry.category("command_provider").add("expo_followup.finder", {
    async provide(env, { searchValue = "" }) {
        const text = searchValue.trim();
        const turn = ++asked;
        if (text.length < 2 || !(await user.hasGroup("sales_team.group_sale_salesman"))) {
            return [];
        }
        // Only the last of several keys in a row is looked up.
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        if (turn !== asked) {
            return [];
        }
        const records = await env.services.orm.silent.call("expo.finder", "find", [text]);
        return records.map((record) => ({
            category: "default",
            name: getName(record, text),
            href: `/odoo/${record.model}/${record.id}`,
            action: () =>
                env.services.action.doAction({
                    type: "ir.actions.act_window",
                    res_model: record.model,
                    res_id: record.id,
                    views: [[false, "form"]],
                }),
        }));
    },
});
