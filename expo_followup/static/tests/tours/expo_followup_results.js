import { registry } from "@web/core/registry";

import { endJob, startJob } from "./clicks";

registry.category("web_tour.tours").add("expo_followup_results", {
    steps: () => [
        {
            content: "What the show brought: one click",
            trigger: ".o_expo_show_results:contains(Spring Fair)",
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            content: "Contacts, costs and the previous edition are on the page",
            trigger:
                ".o_expo_results:contains(Compared with the previous edition) [data-figure=contact_cost]:contains(400)",
            run: () => endJob("what the show brought", 1),
        },
        {
            content: "A number opens its list",
            trigger: ".o_expo_results [data-stage=contacts] button:contains(1)",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Maria Rossi), .o_kanban_record:contains(Maria Rossi)" },
        { trigger: ".o_back_button a, button.o_back_button", run: "click" },
        { trigger: ".o_expo_results .o_expo_last", run: "click" },
        { trigger: ".o_expo_results:contains(There is no earlier exhibition)" },
    ],
});
