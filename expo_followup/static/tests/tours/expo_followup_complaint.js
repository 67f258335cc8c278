import { registry } from "@web/core/registry";

const field = (name) => `.o_field_widget[name=${name}]`;
const next = (stage) => [
    {
        trigger: ".o_form_saved button[name=action_next]:visible",
        run: "click",
    },
    {
        trigger: `.o_arrow_button_current:contains(${stage})`,
    },
];

/** Take a complaint down by phone, be refused the next step, acknowledge, evaluate, close a low one. */
registry.category("web_tour.tours").add("expo_followup_complaint_desk", {
    steps: () => [
        {
            trigger: ".o-kanban-button-new, .o_list_button_add",
            run: "click",
        },
        {
            trigger: `${field("subject")} input, ${field("subject")} textarea`,
            run: "edit Two cups are chipped",
        },
        {
            trigger: `${field("story")} textarea`,
            run: "edit Two of the cups came chipped. It is nothing, but tell your packers.",
        },
        {
            trigger: `${field("partner_id")} input`,
            run: "edit Maria Rossi",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Maria Rossi)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "What is missing is said before anybody presses",
            trigger: ".o_form_saved .alert:contains(has not been told yet)",
        },
        {
            trigger: ".o_arrow_button:not(.o_arrow_button_current):contains(Confirmed)",
            run: "click",
        },
        {
            content: "The step is refused, with the reason",
            trigger: ".modal:contains(cannot become “Confirmed” yet):contains(has not been told yet)",
        },
        {
            trigger: ".modal-footer button:first",
            run: "click",
        },
        {
            content: "It stays what it was",
            trigger: "body:not(:has(.modal)) .o_field_statusbar_duration .o_arrow_button_current:contains(New)",
        },
        {
            trigger: "button[name=action_acknowledge_by_phone]:visible",
            run: "click",
        },
        {
            content: "Nothing is missing any more",
            trigger: ".o_form_saved button[name=action_next]:visible",
        },
        {
            trigger: `${field("severity")} .o_radio_item:contains(Low) input`,
            run: "click",
        },
        {
            trigger: ".nav-link[name=evaluation]",
            run: "click",
        },
        {
            trigger: `${field("decision")} .o_radio_item:contains(Justified):first input`,
            run: "click",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        ...["Confirmed", "Evaluating", "Negotiating", "Implementing", "Feedback"].flatMap(next),
        {
            trigger: ".o_form_saved button[name=action_next]:visible",
            run: "click",
        },
        {
            content: "It has ended: the one way on is to reopen it",
            trigger: "button[name=action_reopen]:visible",
        },
    ],
});

/** On the phone, while the customer is on the other one: his number finds him, he is told, the next step says what is missing. */
registry.category("web_tour.tours").add("expo_followup_complaint_phone", {
    steps: () => [
        {
            content: "One tap away, beside New",
            trigger: ".o_control_panel button:contains(By phone):visible",
            run: "click",
        },
        {
            trigger: `.modal ${field("phone")} input`,
            run: "edit +39 02 1234 5678",
        },
        {
            trigger: `.modal ${field("subject")} input, .modal ${field("subject")} textarea`,
            run: "edit Cracked glaze",
        },
        {
            content: "His number has found him",
            trigger: `.modal ${field("partner_id")} input:value(Maria Rossi)`,
        },
        {
            trigger: `.modal ${field("story")} textarea`,
            run: "edit Ten of the mugs are cracked.",
        },
        {
            trigger: ".modal button[name=action_take_down_told]:visible",
            run: "click",
        },
        {
            content: "He has been told; what is next is said",
            trigger: "body:not(:has(.modal)) .o_form_saved .o_statusbar_status:contains(New)",
        },
    ],
});
