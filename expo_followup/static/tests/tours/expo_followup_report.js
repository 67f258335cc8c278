import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const menu = (xmlid) => `[data-menu-xmlid='expo_followup.${xmlid}']`;
const row = (...texts) => ".o_data_row" + texts.map((text) => `:contains("${text}")`).join("");
const stage = (value) => [
    {
        trigger: ".o_field_widget[name=stage] input, .o_field_widget[name=stage] select",
        run: "click",
    },
    {
        trigger: `.o_select_menu_item:contains(${value})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("expo_followup_report", {
    steps: () => [
        ...stepUtils.goToAppSteps("expo_followup.menu_expo_root"),
        {
            trigger: `button${menu("menu_expo_customers")}`,
            run: "click",
        },
        {
            trigger: `a${menu("menu_progress_report_my")}`,
            run: "click",
        },
        {
            content: "Only my own customers are there",
            trigger: ".o_list_renderer:not(:contains(Of a Colleague)) " + row("Maria Rossi"),
        },
        {
            trigger: row("Maria Rossi") + " td[name=partner_id]",
            run: "click",
        },
        ...stage("Quoted"),
        {
            trigger: ".o_field_widget[name=what_was_done] textarea",
            run: "edit Quoted two containers.",
        },
        {
            trigger: ".o_field_widget[name=help_needed] textarea",
            run: "edit May I give 3%?",
        },
        {
            trigger: "button[name=action_hand_in]",
            run: "click",
        },
        {
            content: "What was handed in stays as it is",
            trigger:
                ".o_form_view:not(:has(button[name=action_hand_in])) .o_field_widget[name=what_was_done]:not(:has(textarea))",
        },
        {
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "The next one is there, with the stage of this one",
            trigger: row("Maria Rossi", "Quoted"),
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_report_manager", {
    steps: () => [
        ...stepUtils.goToAppSteps("expo_followup.menu_expo_root"),
        {
            content: "Overdue reports are counted on the page of the day",
            trigger: ".o_expo_counter:contains(Overdue and missing reports)",
            run: "click",
        },
        {
            content: "Who asks for help is there, reports in time are not",
            trigger: ".o_list_renderer:not(:contains(Of a Colleague)) " + row("Maria Rossi", "May I give 3%?"),
        },
        {
            trigger: row("Maria Rossi") + " td[name=partner_id]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=help_answer] textarea",
            run: "edit Yes, against prepayment.",
        },
        ...stepUtils.saveForm(),
        {
            trigger: ".o_field_widget[name=help_answered_by_id]:contains(expo_manager)",
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_report_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Maria Rossi)",
            run: "click",
        },
        ...stage("Negotiation"),
        {
            trigger: ".o_field_widget[name=forecast_amount] input",
            run: "edit 12000",
        },
        {
            trigger: ".o_field_widget[name=what_was_done] textarea",
            run: "edit Talked about the price.",
        },
        {
            trigger: "button[name=action_hand_in]:visible, .o_statusbar_buttons .dropdown-toggle",
            run: "click",
        },
        {
            trigger:
                ".o_form_view:not(:has(button[name=action_hand_in])) .o_field_widget[name=what_was_done]:not(:has(textarea))",
        },
    ],
});
