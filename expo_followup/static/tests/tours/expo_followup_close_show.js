import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// What the test expects: the days that it worked out by itself, as the list shows them.
const expected = (key) => (window.expoTourExpected || {})[key];
const row = (...texts) => ".o_data_row" + texts.map((text) => `:contains("${text}")`).join("");

registry.category("web_tour.tours").add("expo_followup_close_show", {
    steps: () => [
        ...stepUtils.goToAppSteps("crm.crm_menu_root"),
        {
            content: "Open the exhibitions",
            trigger: "a[data-menu-xmlid='expo_followup.menu_exhibitions']",
            run: "click",
        },
        {
            content: "Open the running show",
            trigger: ".o_kanban_group:contains(Running) .o_kanban_record:contains(Spring Fair)",
            run: "click",
        },
        {
            content: "Close it",
            trigger: "button[name=action_close]:contains(Close exhibition)",
            run: "click",
        },
        {
            content: "Two customers get a letter",
            trigger: ".modal .o_field_widget[name=letter_count]:contains(2)",
        },
        {
            content: "One has no address, and we are told who it is",
            trigger: ".modal .o_field_widget[name=excluded_ids] " + row("No e-mail address", "Ivan Petrov"),
        },
        {
            content: "One has no salesperson",
            trigger: ".modal .alert:contains(Customers without salesperson: 1)",
        },
        {
            content: "The media report is not out",
            trigger: ".modal .alert:contains(The media report has not been published yet)",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is closed",
            trigger:
                ".o_notification:contains(has been closed):contains('Letters: 2'):contains('Without salesperson: 1')",
        },
        {
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(In follow-up)",
        },
        {
            content: "See what is planned",
            trigger: "button[name=action_open_followups]",
            run: "click",
        },
        {
            content: "The letter is queued, for the right day",
            trigger: row("Maria Rossi", "Thank-you letter", "Queued", expected("letter")),
        },
        {
            content: "So are the calls and mails of the salespeople",
            trigger: row("Maria Rossi", "Call: ask what is needed", "Planned", expected("first_call")),
        },
        {
            trigger: row("Hans Becker", "Answer by e-mail", "Planned", expected("first_answer")),
        },
        {
            content: "Without an address there is no letter",
            trigger: `.o_list_view:not(:has(${row("Ivan Petrov", "Queued")}))`,
        },
        {
            content: "Open the call",
            trigger: row("Maria Rossi", "Call: ask what is needed") + " td[name=title]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_record_outcome]",
            run: "click",
        },
        {
            content: "It is the first follow-up of the customer",
            trigger: ".modal .o_expo_record_outcome:contains(Maria Rossi):contains(Follow-up no. 1)",
        },
        {
            trigger: ".modal .o_field_widget[name=content] textarea",
            run: "edit She signed this morning, payment follows.",
        },
        {
            trigger: ".modal .o_field_widget[name=effect] .o_selection_badge:contains(Positive)",
            run: "click",
        },
        {
            content: "She becomes a customer who signed",
            trigger: ".modal .o_field_widget[name=tier_id] .o_selection_badge:contains(Signed at the show)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "It is done",
            trigger: "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains(Done)",
        },
        {
            content: "Go to the customer",
            trigger: "button[name=action_open_participation]:contains(Signed at the show)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=tier_id] .o_selection_badge.active:contains(Signed at the show)",
        },
        {
            content: "The next steps have moved: a visit is planned now",
            trigger: row("Visit by appointment", "Planned", expected("visit")),
        },
        {
            content: "And the call counts as the first follow-up",
            trigger: row("Call: ask what is needed", "Positive", "Done"),
        },
        {
            content: "The change is in the history",
            trigger: ".nav-link:contains(Tier history)",
            run: "click",
        },
        {
            trigger: row("Intends to order", "Signed at the show", "She signed this morning"),
        },
    ],
});
