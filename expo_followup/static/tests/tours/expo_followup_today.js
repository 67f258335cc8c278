import { registry } from "@web/core/registry";

import { endJob } from "./clicks";

registry.category("web_tour.tours").add("expo_followup_today", {
    steps: () => [
        {
            content: "Late follow-ups of the team are there without a click",
            trigger: ".o_expo_team_strip tr:contains(expo_seller):has(.text-danger:contains(1))",
            run: () => endJob("who is late in the team", 0),
        },
        {
            content: "What is not set up is told, until the user hides it",
            trigger: ".o_expo_setup [data-gap=keeper]",
        },
        { trigger: ".o_expo_dismiss", run: "click" },
        { trigger: ".o_expo_today:not(:has(.o_expo_setup)) .o_expo_team", run: "click" },
        {
            content: "All calls of the team are those that are counted, of all its users",
            trigger: "[data-section=calls] .o_expo_all",
            run: "click",
        },
        { trigger: ".o_kanban_renderer:not(:contains(Hans Becker)) .o_kanban_record:contains(Maria Rossi)" },
        { trigger: ".o_control_panel:not(:has(.o_facet_value))" },
        { trigger: ".o_back_button a, button.o_back_button, .o_breadcrumb a", run: "click" },
        {
            content: "The number of a user opens what it counts",
            trigger:
                ".o_expo_team_strip tr:contains(expo_seller) button.text-danger, .o_expo_team_strip tr:contains(expo_seller) .text-danger",
            run: "click",
        },
        { trigger: ".o_view_controller:not(:contains(Hans Becker)):contains(Maria Rossi)" },
        { trigger: ".o_back_button a, button.o_back_button, .o_breadcrumb a", run: "click" },
        { trigger: ".o_expo_today .o_expo_team", run: "click" },
        {
            content: "Record that the customer did not answer, in one click",
            trigger: "[data-section=calls] li:contains(Maria Rossi) .o_expo_no_answer",
            run: "click",
        },
        { trigger: ".o_notification:contains(No answer)" },
        { trigger: ".o_expo_today:not(:contains(Overdue since))" },
    ],
});
