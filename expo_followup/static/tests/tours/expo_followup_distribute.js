import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const row = (...texts) => ".o_data_row" + texts.map((text) => `:contains("${text}")`).join("");
const customers = ".modal .o_field_widget[name=line_ids] ";
const loads = ".modal .o_field_widget[name=member_ids] ";
const load = (name, before, after) =>
    loads +
    row(name) +
    `:has(td[name=load_before]:contains(/^${before}$/)):has(td[name=load_after]:contains(/^${after}$/))`;

registry.category("web_tour.tours").add("expo_followup_distribute", {
    steps: () => [
        ...stepUtils.goToAppSteps("expo_followup.menu_expo_root"),
        {
            content: "List customers without salesperson",
            trigger: ".o_expo_counter:contains(Without salesperson)",
            run: "click",
        },
        {
            trigger: row("Maria Rossi") + ", " + row("Hans Becker"),
        },
        {
            content: "Distribute them",
            trigger: ".o_control_panel button[name=action_distribute]",
            run: "click",
        },
        {
            content: "Each goes to a suitable salesperson, and the row says why",
            trigger: customers + row("Maria Rossi", "expo_seller", "speaks the language"),
        },
        {
            trigger: customers + row("Hans Becker", "expo_colleague", "speaks the language"),
        },
        {
            content: "Both would have one more",
            trigger: load("expo_seller", 0, 1),
        },
        {
            trigger: load("expo_colleague", 0, 1),
        },
        {
            content: "The manager gives Maria to the colleague",
            trigger: customers + row("Maria Rossi") + " td[name=user_id]",
            run: "click",
        },
        {
            trigger: customers + row("Maria Rossi") + " [name=user_id] input",
            run: "edit expo_colleague",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(expo_colleague)",
            run: "click",
        },
        {
            content: "The loads follow",
            trigger: load("expo_colleague", 0, 2),
        },
        {
            trigger: load("expo_seller", 0, 0),
        },
        {
            trigger: customers + row("Maria Rossi", "chosen by the manager"),
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_notification:contains(Customers assigned to their new salespeople: 2)",
        },
        {
            content: "No customer is left",
            trigger: "body:not(:has(.modal)) .o_nocontent_help:contains(Every customer has a salesperson)",
        },
        {
            content: "Open the customers who wait for us",
            trigger: "a[data-menu-xmlid='expo_followup.menu_today']",
            run: "click",
        },
        {
            trigger: ".o_expo_counter:contains(Waiting for us)",
            run: "click",
        },
        {
            content: "Giulia waits too long: reassign her",
            trigger: row("Giulia Neri", "expo_seller", "Waiting too long") + " button[name=action_reassign]",
            run: "click",
        },
        {
            content: "A colleague is proposed",
            trigger: customers + row("Giulia Neri", "expo_seller", "expo_colleague"),
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_nocontent_help:contains(No customers are waiting for us)",
        },
    ],
});
