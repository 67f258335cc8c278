import { registry } from "@web/core/registry";

const filled = (name) => `.o_field_widget[name=${name}]`;

/** Plan a visit from the customer and ask for its approval. */
registry.category("web_tour.tours").add("expo_followup_visit_plan", {
    steps: () => [
        {
            trigger: "button[name=action_plan_visit]:visible",
            run: "click",
        },
        {
            content: "Who decides is proposed from the customer file",
            trigger: `${filled("aim")} textarea`,
            run: "edit Agree on the autumn order",
        },
        {
            trigger: `${filled("start")} input, ${filled("start")} button`,
            run: "click",
        },
        {
            trigger: `${filled("start")} input`,
            run: `edit ${window.expoTourExpected?.start}`,
        },
        {
            trigger: ".nav-link[name=plan]",
            run: "click",
        },
        {
            trigger: `${filled("plan")} textarea`,
            run: "edit Show the new lids, ask for the budget",
        },
        {
            trigger: ".nav-link[name=people]",
            run: "click",
        },
        {
            trigger: `${filled("person_ids")}:contains(Maria Rossi)`,
        },
        {
            trigger: ".nav-link[name=items]",
            run: "click",
        },
        {
            content: "The list of the company is there already",
            trigger: `${filled("item_ids")}:contains(Business cards)`,
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: "button[name=action_submit]:visible",
            run: "click",
        },
        {
            content: "It waits for another person",
            trigger: ".alert:contains(You cannot approve your own visit)",
        },
    ],
});

/** The manager approves what is waiting. */
registry.category("web_tour.tours").add("expo_followup_visit_approve", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Agree on the autumn order) td[name=partner_id]",
            run: "click",
        },
        {
            trigger: "button[name=action_approve]:visible",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Approved)",
        },
    ],
});

/** On the phone, after the visit: held, minutes written. */
registry.category("web_tour.tours").add("expo_followup_visit_minutes", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Agree on the autumn order)",
            run: "click",
        },
        {
            trigger: "button[name=action_hold]:visible",
            run: "click",
        },
        {
            trigger: ".nav-link[name=minutes]",
            run: "click",
        },
        {
            trigger: `${filled("discussed")} textarea`,
            run: "edit Lids and prices",
        },
        {
            trigger: `${filled("agreed")} textarea`,
            run: "edit Two containers",
        },
        {
            trigger: `${filled("effect")} .o_selection_badge:contains(Positive)`,
            run: "click",
        },
        {
            trigger: "button[name=action_submit_minutes]:visible",
            run: "click",
        },
        {
            trigger: ".alert:contains(You cannot review your own minutes)",
        },
    ],
});
