import { registry } from "@web/core/registry";

import { endJob, startJob, write } from "./clicks";

const card = (name) => `.o_kanban_record:contains(${name})`;
const column = (name) => `.o_kanban_group:contains(${name})`;

registry.category("web_tour.tours").add("expo_followup_clicks", {
    steps: () => [
        {
            content: "Not reached: one click, without a text",
            trigger: `${column("Today")} ${card("Maria Rossi")} button[name=action_log_no_answer]`,
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            content: "The next try is planned and told",
            trigger: ".o_notification:contains(No answer recorded. Next follow-up:)",
        },
        {
            trigger: `.o_kanban_renderer:not(:has(${column("Today")} ${card("Maria Rossi")}))`,
            run: () => endJob("no answer", 1),
        },
        {
            content: "It is undone, and done again",
            trigger: ".o_notification:contains(No answer recorded) .o_notification_buttons button:contains(Undo)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Undone.)",
        },
        {
            trigger: `${column("Today")} ${card("Maria Rossi")} button[name=action_log_no_answer]`,
            run: "click",
        },
        {
            trigger: `.o_kanban_renderer:not(:has(${column("Today")} ${card("Maria Rossi")}))`,
        },
        {
            content: "To the next Tuesday: two clicks",
            trigger: `${column("Today")} ${card("Ivan Petrov")} button.o_expo_postpone`,
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            trigger: ".o-dropdown--menu [data-choice=tuesday]:contains(Next Tuesday)",
            run: "click",
        },
        {
            content: "The board says so",
            trigger: ".o_notification:contains(Postponed to)",
        },
        {
            trigger: `.o_kanban_renderer:not(:has(${column("Today")} ${card("Ivan Petrov")}))`,
            run: () => endJob("re-plan to next Tuesday", 2),
        },
        {
            content: "Another date, with a reason",
            trigger: `${column("Next 7 days")} ${card("Maria Rossi")} button.o_expo_postpone`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-choice=date]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=choice] .o_selection_badge:contains(In a week)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit On holiday",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "Reached, with a new tier: three clicks",
            trigger: `${column("Today")} ${card("Hans Becker")} button[name=action_log_positive]`,
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            content: "The effect is known",
            trigger: ".modal .o_field_widget[name=effect] .o_selection_badge.active:contains(Positive)",
        },
        {
            trigger: ".modal .o_field_widget[name=content] textarea:focus",
            run: () => write("Wants 4000 planters in May"),
        },
        {
            trigger: ".modal .o_field_widget[name=tier_id] .o_selection_badge:contains(Intends to order)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=tier_id] .o_selection_badge.active:contains(Intends to order)",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_kanban_renderer:not(:has(${column("Today")} ${card("Hans Becker")}))`,
            run: () => endJob("log a call with a new tier", 3),
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_keys", {
    steps: () => [
        {
            trigger: `${column("Overdue")} ${card("Maria Rossi")}`,
            run: `hover && click ${column("Overdue")} ${card("Maria Rossi")} .o_dropdown_kanban button`,
        },
        {
            trigger: ".o-dropdown--menu a[name=action_record_outcome]",
            run: "click",
        },
        {
            content: "A digit in the text is text",
            trigger: ".modal:contains(Maria Rossi) .o_field_widget[name=content] textarea:focus",
            run: "press 2",
        },
        {
            trigger: ".modal .o_field_widget[name=effect]:not(:has(.active))",
            run: () => write(" samples asked for"),
        },
        {
            content: "Elsewhere it chooses the effect",
            trigger: ".modal .o_field_widget[name=content] textarea",
            run: () => document.activeElement.blur(),
        },
        {
            trigger: ".modal .modal-body",
            run: "press 2",
        },
        {
            trigger: ".modal .o_field_widget[name=effect] .o_selection_badge.active:contains(Neutral)",
        },
        {
            content: "The next one on the board follows",
            trigger: ".modal button[name=action_save_and_next]",
            run: "click",
        },
        {
            trigger: ".modal:contains(Ivan Petrov) .o_field_widget[name=content] textarea:focus",
            run: () => write("Calls back"),
        },
        {
            trigger: ".modal:contains(Ivan Petrov) .o_field_widget[name=effect] .o_selection_badge:contains(Positive)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=effect] .o_selection_badge.active:contains(Positive)",
            run: "press Control+Enter",
        },
        {
            content: "Hans is still to be called",
            trigger: `body:not(:has(.modal)) ${column("Today")} ${card("Hans Becker")}`,
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_drag_day", {
    steps: () => [
        {
            content: "A card is dropped on another day",
            trigger: `${column("Today")} ${card("Hans Becker")}`,
            run: `drag_and_drop(${column("Next 7 days")})`,
        },
        {
            trigger: `${column("Next 7 days")} ${card("Hans Becker")}`,
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_drop_day_off", {
    steps: () => [
        {
            content: "Today is a day off: the card goes to the day that the message says",
            trigger: `${column("Next 7 days")} ${card("Ivan Petrov")}`,
            run: `drag_and_drop(${column("Today")})`,
        },
        {
            trigger: ".o_notification:contains(Postponed to)",
        },
        {
            trigger: `.o_kanban_renderer:not(:has(${column("Today")} ${card("Ivan Petrov")})) ${column("Next 7 days")} ${card("Ivan Petrov")}`,
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_send_letters", {
    steps: () => [
        {
            content: "Twenty letters are due",
            trigger: ".o_list_view .o_data_row:contains(Customer 19)",
            run: () => startJob(),
        },
        {
            trigger: ".o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_send_letter]:contains(Send letters)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Letters in the queue: 20.)",
            run: () => endJob("send 20 product letters", 2),
        },
        {
            content: "They can be called back while they wait in the queue",
            trigger: ".o_notification_buttons button:contains(Undo)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Undone.)",
        },
        {
            content: "On the board, all that are due: two clicks as well",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Queued))) .o_data_row:contains(Customer 19)",
        },
        {
            trigger: "button.o_switch_view.o_kanban",
            run: "click",
        },
        {
            trigger: ".o_kanban_view .o_kanban_record:contains(Customer 19)",
            run: () => startJob(),
        },
        {
            trigger: ".o_control_panel button[name=action_send_due_letters]",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Letters in the queue: 20.)",
            run: () => endJob("send all letters due", 2),
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_send_letters_today", {
    steps: () => [
        {
            trigger: "[data-section=letters] .o_expo_send_all",
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        {
            trigger: ".o_notification:contains(Letters in the queue: 20.)",
            run: () => endJob("send 20 product letters", 2),
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_quick_entry", {
    steps: () => [
        {
            trigger: ".o_control_panel_main_buttons .o-kanban-button-new",
            run: "click",
        },
        {
            content: "The customer is known: it is said while typing",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Maria Rossi",
        },
        {
            trigger: ".modal .o_field_widget[name=email] input",
            run: "edit maria.rossi@customer.example",
        },
        {
            trigger: ".modal .o_field_widget[name=phone] input",
            run: "edit +39 02 999",
        },
        {
            trigger: ".modal .alert:contains(Known customer):contains(Maria Rossi)",
        },
        {
            trigger: ".modal button[name=action_enter_typed]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_notification:contains(Known customer, completed)",
        },
        {
            trigger: ".o_control_panel_main_buttons .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Otto Weber",
        },
        {
            trigger: ".modal .o_field_widget[name=company_name] input",
            run: "edit Weber Garten",
        },
        {
            trigger: ".modal .o_field_widget[name=email] input",
            run: "edit otto@weber.example",
        },
        {
            trigger: ".modal button[name=action_enter_typed]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_kanban_record:contains(Otto Weber)",
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_days", {
    steps: () => [
        {
            content: "Deadlines are told in days, also at the end of a month",
            trigger: ".o_kanban_record:contains(Hans Becker):contains(In 2 days)",
        },
        {
            trigger: ".o_kanban_record:contains(Hans Becker):contains(No phone number)",
        },
        {
            trigger: "button.o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "An entry begins with the customer",
            trigger: ".o_calendar_view .fc-event:contains(/Maria Rossi: Call/)",
        },
    ],
});
