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

/** Record a complaint, try a stage too early, acknowledge, evaluate and close a complaint of low severity. */
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
            content: "The form shows what is missing for the next stage",
            trigger: ".o_form_saved .o_expo_bar:contains(acknowledgement has not been sent)",
        },
        {
            trigger: ".o_arrow_button:not(.o_arrow_button_current):contains(Confirmed)",
            run: "click",
        },
        {
            content: "The stage is refused with the reason",
            trigger: ".modal:contains(to “Confirmed” because):contains(acknowledgement has not been sent)",
        },
        {
            trigger: ".modal-footer button:first",
            run: "click",
        },
        {
            content: "The stage is unchanged",
            trigger: "body:not(:has(.modal)) .o_field_statusbar_duration .o_arrow_button_current:contains(New)",
        },
        {
            trigger: ".o_expo_bar .o_expo_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-action=action_acknowledge_by_phone]",
            run: "click",
        },
        {
            content: "Nothing is missing",
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
            content: "An ended complaint can only be reopened",
            trigger: "button[name=action_reopen]:visible",
        },
    ],
});

/** On the phone, during a call: the phone number finds the customer, the call acknowledges the complaint. */
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
            content: "The phone number has found the customer",
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
            content: "The complaint is acknowledged and stays in its first stage",
            trigger: "body:not(:has(.modal)) .o_form_saved .o_statusbar_status:contains(New)",
        },
    ],
});
