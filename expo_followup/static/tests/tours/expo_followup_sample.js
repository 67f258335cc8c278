import { registry } from "@web/core/registry";

const button = (name) => `.o_statusbar_buttons button[name=${name}]:visible:enabled`;
const save = [
    {
        trigger: ".modal button[name=action_confirm]",
        run: "click",
    },
    {
        trigger: "body:not(:has(.modal))",
    },
];

registry.category("web_tour.tours").add("expo_followup_sample", {
    steps: () => [
        {
            content: "The customer's samples; there is none yet",
            trigger: "button[name=action_open_samples]",
            run: "click",
        },
        {
            trigger: ".o_kanban_view .o_control_panel, .o_kanban_view",
        },
        {
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            content: "The product of interest is proposed",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Plates)",
        },
        {
            trigger: ".o_field_widget[name=details] textarea",
            run: "edit Blue, 24 cm",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "The details go to the customer",
            trigger: button("action_propose"),
            run: "click",
        },
        {
            trigger: ".modal .o_mail_composer_form_view, .modal .o_form_view:contains(confirm)",
        },
        {
            trigger: ".modal button[name=action_send_mail], .modal .o_mail_send",
            run: "click",
        },
        {
            content: "The customer agrees",
            trigger: "body:not(:has(.modal)) " + button("action_agree") + ".btn-primary",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=person] input:value(Maria Rossi)",
        },
        ...save,
        {
            trigger: button("action_ship"),
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=carrier] input",
            run: "edit DHL",
        },
        {
            trigger: ".modal .o_field_widget[name=tracking_number] input",
            run: "edit JD0146",
        },
        {
            trigger: ".modal .o_field_widget[name=cost] input",
            run: "edit 18",
        },
        ...save,
        {
            trigger: button("action_receive"),
            run: "click",
        },
        ...save,
        {
            trigger: button("action_judge"),
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=text] textarea",
            run: "edit They want forty boxes",
        },
        {
            trigger: ".modal .o_field_widget[name=judgement] .o_selection_badge:contains(Positive)",
            run: "click",
        },
        ...save,
        {
            content: "The feedback of the customer is kept",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Feedback received)",
        },
        {
            trigger: ".o_field_widget[name=judgement_text]:contains(They want forty boxes)",
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_sample_phone", {
    steps: () => [
        {
            content: "One tap on the board takes the next step",
            trigger: ".o_kanban_record:contains(Maria Rossi) button[name=action_agree]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=how] .o_selection_badge:contains(Phone)",
            run: "click",
        },
        ...save,
        {
            trigger: ".o_kanban_view",
        },
    ],
});
