import { registry } from "@web/core/registry";

import { endJob, startJob } from "./clicks";

registry.category("web_tour.tours").add("expo_complaint_answer", {
    steps: () => [
        {
            content: "On the page of the day the complaint is answered",
            trigger: "[data-section=complaints] li:contains(Maria Rossi) .o_expo_answer",
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            trigger: ".modal .o_mail_send, .modal button[name=action_send_mail]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_expo_today",
            run: () => endJob("answer a complaint", 3),
        },
    ],
});

registry.category("web_tour.tours").add("expo_complaint_approve", {
    steps: () => [
        {
            content: "What waits for an approval is on the page of the day",
            trigger: "[data-section=remedies] li:contains(Maria Rossi) a",
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            content: "With its facts",
            trigger: ".o_form_view .o_field_widget[name=approval_facts]:contains(Exceeded by):contains(Turnover)",
        },
        {
            trigger: ".o_form_view .o_expo_bar button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_form_saved .o_field_widget[name=approved_by_id]",
            run: () => endJob("approve a remedy with its facts", 2),
        },
    ],
});

registry.category("web_tour.tours").add("expo_complaint_approve_activity", {
    steps: () => [
        {
            content: "From the activity of the complaint",
            trigger: ".o-mail-Activity-note a:contains(Review remedy)",
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            trigger: ".o_form_view .o_field_widget[name=approval_facts]:contains(Exceeded by)",
        },
        {
            trigger: ".o_form_view .o_expo_bar button[name=action_approve]",
            run: "click",
        },
        {
            trigger: ".o_form_saved .o_field_widget[name=approved_by_id]",
            run: () => endJob("approve a remedy from its activity", 2),
        },
    ],
});
