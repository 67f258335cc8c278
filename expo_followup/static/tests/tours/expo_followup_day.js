import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:contains(${name})`;
const card = ".o_kanban_record:contains(Maria Rossi)";

// Runs on the desk and on the phone: it needs nothing that only one of them has.
registry.category("web_tour.tours").add("expo_followup_day", {
    steps: () => [
        {
            content: "What is late comes first",
            trigger: `${column("Overdue")}:first-child .o_kanban_record:contains(Hans Becker):contains(2 days late)`,
        },
        {
            content: "A card shows the customer, the follow-up number and the last effect",
            trigger: `${column("Today")} ${card}:contains(Italy · Asked for materials):contains(Follow-up No. 2):contains(Positive)`,
        },
        {
            content: "what time it is there, and what to respect",
            trigger: `${card}:has(.fa-clock-o):contains(No calls on Friday)`,
        },
        {
            content: "What comes later than in a week is not there",
            trigger: ".o_kanban_renderer:not(:contains(Not yet))",
        },
        {
            content: "One click calls",
            trigger: `${card} a.o_expo_call[href="tel:+390212345"]`,
        },
        {
            content: "The menu writes",
            trigger: `${card}`,
            run: `hover && click ${card} .o_dropdown_kanban button`,
        },
        {
            trigger: ".o-dropdown--menu a[name=action_mail]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_ids]:contains(Maria Rossi)",
        },
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "It logs as well",
            trigger: `body:not(:has(.modal)) ${card}`,
            run: `hover && click ${card} .o_dropdown_kanban button`,
        },
        {
            trigger: ".o-dropdown--menu a[name=action_record_outcome]",
            run: "click",
        },
        {
            isActive: ["desktop"],
            content: "One writes at once, also below the hints",
            trigger: ".modal:has(.o_expo_etiquette summary) .o_field_widget[name=content] textarea:focus",
            run() {
                if (this.anchor.offsetWidth < 400) {
                    throw new Error(`the text is ${this.anchor.offsetWidth} pixels wide`);
                }
            },
        },
        {
            content: "The dialog asks what is worth asking of such a customer",
            trigger: '.modal .o_expo_questions > div:contains("What do they sell") input',
            run: "edit Planters, to garden centres, 4000 a year",
        },
        {
            trigger: ".modal .o_field_widget[name=effect] .o_selection_badge:contains(Positive)",
            run: "click",
        },
        {
            content: "A second good reaction proposes another tier, with its reason",
            trigger:
                ".modal .alert:contains(The customer reacted positively 2 times in a row):contains(Intends to order)",
        },
        {
            content: "One click accepts it",
            trigger: ".modal .o_field_widget[name=accept_proposal] input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=tier_id] .o_selection_badge.active:contains(Intends to order)",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "It is done, and the day is shorter",
            trigger: `body:not(:has(.modal)) .o_kanban_renderer:not(:has(${column("Today")} ${card}))`,
        },
    ],
});
