import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("expo_followup_phone", {
    steps: () => [
        {
            content: "What is due today is a card on the phone",
            trigger: ".o_kanban_record:contains(Maria Rossi):contains(Ask for the drawings)",
        },
        {
            content: "What is due later is not there",
            trigger: ".o_kanban_renderer:not(:contains(Not yet))",
        },
        {
            trigger: ".o_kanban_record:contains(Maria Rossi)",
            run: "hover && click .o_kanban_record:contains(Maria Rossi) .o_dropdown_kanban button",
        },
        {
            trigger: ".o-dropdown--menu a[name=action_record_outcome]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=content] textarea",
            run: "edit Drawings come on Monday.",
        },
        {
            trigger: ".modal .o_field_widget[name=effect] .o_selection_badge:contains(Neutral)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "Nothing is left to do",
            trigger: "body:not(:has(.modal)) .o_nocontent_help:contains(Nothing to do this week)",
        },
    ],
});
