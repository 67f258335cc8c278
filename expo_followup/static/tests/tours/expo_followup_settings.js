import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("expo_followup_settings", {
    steps: () => [
        {
            trigger: ".settings_tab [data-key=crm]",
            run: "click",
        },
        {
            content: "What is rarely needed is folded",
            trigger: "details.o_expo_advanced:not([open]) summary:contains(Advanced)",
        },
        {
            content: "The search finds it all the same",
            trigger: ".o_searchview_input",
            run: "edit Letters per hour",
        },
        { trigger: "details.o_expo_advanced[open] .o_setting_box [name=expo_letters_per_hour] input" },
    ],
});

registry.category("web_tour.tours").add("expo_followup_weekdays", {
    steps: () => [
        {
            content: "Tuesday to Thursday",
            trigger: ".o_expo_weekdays [data-day='4'].btn-primary",
            run: "click",
        },
        { trigger: ".o_expo_weekdays [data-day='4'].btn-secondary" },
        { trigger: ".o_expo_weekdays [data-day='1']", run: "click" },
        { trigger: ".o_expo_weekdays [data-day='1'].btn-primary" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ],
});
