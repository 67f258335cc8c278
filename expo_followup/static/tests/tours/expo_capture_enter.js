import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("expo_capture_enter", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Marya Rossi) td[name=name]",
            run: "click",
        },
        {
            content: "What was scanned stands beside what is typed",
            trigger: ".o_field_widget[name=raw_text]:contains(MECARD)",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Maria Rossi",
        },
        {
            trigger: ".o_field_widget[name=email] input",
            run: "edit maria@acme.example && press Tab",
        },
        {
            content: "The matching customer is shown before qualifying",
            trigger: ".alert:contains(known customer) .o_field_widget[name=proposed_partner_id]:contains(Maria Rossi)",
        },
        {
            trigger: "button[name=action_enter]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Qualified)",
        },
        {
            trigger: "button[name=action_open_participation]",
            run: "click",
        },
        {
            trigger: ".o_form_view .nav-link[name=recorded]",
            run: "click",
        },
        {
            content: "The customer's history says who recorded the contact, and by which clock",
            trigger: ".o_field_widget[name=capture_ids] .o_data_row:contains(Scan):contains(Device)",
        },
    ],
});
