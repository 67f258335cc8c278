import { registry } from "@web/core/registry";

import { endJob, startJob } from "./clicks";

registry.category("web_tour.tours").add("expo_followup_file", {
    steps: () => [
        {
            content: "Find the file by one of its other names",
            trigger: ".o_searchview_input",
            run: "edit 罗西",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Customer)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Rossi S.p.A.) td[name=name]",
            run: "click",
        },
        {
            content: "What to respect is on top, the customs unfold",
            trigger: ".o_expo_hints:contains(No calls on Friday) summary:contains(Italy)",
            run: "click",
        },
        {
            trigger: ".o_expo_hints details[open]:contains(Signor or Signora)",
        },
        {
            content: "What is missing is listed, and leads to its field",
            trigger: ".o_field_widget[name=missing_fields] button:contains(Business Scope)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=business_scope] textarea",
            run: "edit Pumps and valves",
        },
        {
            trigger: ".nav-link[name=people]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=person_ids] .o_data_row:contains(Maria Rossi) td[name=name]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=decides] .o_radio_item:contains(Has decision power) input",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_expo_fold:has([name=preference_ids]) summary",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=preference_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=preference_ids] .o_selected_row [name=text] textarea",
            run: "edit Espresso without sugar",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "Saved: what is known is not missing any more, and the preference is on top",
            trigger: ".o_expo_hints:contains(Espresso without sugar)",
        },
        {
            trigger:
                ".o_field_widget[name=missing_fields]:not(:contains(Business Scope)):not(:contains(Decision maker))",
        },
        {
            trigger: "button[name=action_verify]:visible",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=verified_on]:not(:empty)",
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_file_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Rossi S.p.A.):contains(Potential)",
            run: "click",
        },
        {
            content: "The customs are folded on the phone",
            trigger: ".o_expo_hints details:not([open]) summary:contains(Italy)",
            run: "click",
        },
        {
            trigger: ".o_expo_hints details[open]:contains(Signor or Signora)",
        },
        {
            trigger: ".nav-link[name=people]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=person_ids] .o_kanban_record:contains(Maria Rossi)",
        },
        {
            trigger: ".o_field_widget[name=short_name] input",
            run: "edit Rossi",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("expo_followup_file_found", {
    steps: () => [
        {
            content: "One key, the name and Enter: no click",
            trigger: ".o_web_client .o_action_manager:not(:empty)",
            run(helpers) {
                startJob();
                return helpers.press("Control+k");
            },
        },
        {
            trigger: ".o_command_palette_search input",
            run: "edit rossi s.p",
        },
        {
            trigger: ".o_command.focused:contains(Rossi S.p.A.)",
            run: "press Enter",
        },
        {
            content: "Everything about the customer is on the page",
            trigger: ".o_expo_timeline .o_expo_fact[data-kind=show]:contains(Spring Fair)",
            run: () => endJob("everything about one customer", 1),
        },
        {
            trigger: ".o_expo_next_step button[name=action_log_next_followup]",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_cancel, .modal .btn-close",
            run: "click",
        },
        {
            content: "One kind alone",
            trigger: "body:not(:has(.modal)) .o_expo_timeline button[data-kind=followup]",
            run: "click",
        },
        {
            trigger: ".o_expo_timeline:not(:has(.o_expo_fact[data-kind=show])) .o_expo_fact[data-kind=followup]",
        },
    ],
});

// Counted on the desk from the list, on the phone from the customer's page, where core folds buttons into a menu.
const printCard = {
    trigger: ".o_form_statusbar button:contains(Print card), .o-dropdown--menu button:contains(Print card)",
    run(helpers) {
        // That the card is asked for is enough: a browser under test has no use for the file.
        const { send } = window.XMLHttpRequest.prototype;
        window.XMLHttpRequest.prototype.send = function (body) {
            if (body instanceof FormData && String(body.get("data")).includes("customer_card")) {
                document.body.classList.add("expo_card_printed");
            }
            return send.call(this, body);
        };
        return helpers.click();
    },
};
const openFile = {
    trigger: ".o_data_row:contains(Rossi S.p.A.) .o_data_cell, .o_kanban_record:contains(Rossi S.p.A.)",
    run(helpers) {
        startJob();
        return helpers.click();
    },
};
const seeAll = {
    trigger: ".o_expo_timeline .o_expo_fact[data-kind=show]:contains(Spring Fair)",
    run: () => endJob("everything about one customer", 1),
};
const seePrinted = {
    trigger: "body.expo_card_printed",
    run: () => endJob("print the customer card", 2),
};

registry.category("web_tour.tours").add("expo_followup_file_card", {
    steps: () => [openFile, seeAll, printCard, seePrinted],
});

registry.category("web_tour.tours").add("expo_followup_file_card_phone", {
    steps: () => [
        openFile,
        seeAll,
        {
            trigger: ".o_statusbar_buttons button[title=More]",
            run(helpers) {
                startJob();
                return helpers.click();
            },
        },
        printCard,
        seePrinted,
    ],
});
