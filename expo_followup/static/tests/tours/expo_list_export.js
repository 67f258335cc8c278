import { registry } from "@web/core/registry";

const enter = (reason) => [
    {
        content: "No export without a reason",
        trigger: ".modal .o_expo_export_confirm:disabled",
    },
    {
        trigger: "#expo_export_reason",
        run: `edit ${reason}`,
    },
    {
        trigger: ".modal .o_expo_export_confirm:enabled",
        run: "click",
    },
];

registry.category("web_tour.tours").add("expo_list_export", {
    steps: () => [
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "Export the whole list at once",
            trigger: ".o_list_view .o_cp_action_menus .fa-cog",
            run: "click",
        },
        {
            trigger: ".o_export_all_menu",
            run: "click",
        },
        ...enter("All of them"),
        {
            trigger: "body:not(:has(.modal)) .o_data_row:contains(Maria Rossi) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Export a selection, with a choice of fields",
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Export)",
            run: "click",
        },
        {
            trigger: ".o_export_data_dialog .o_select_button:enabled",
            run: "click",
        },
        ...enter("Fair guide"),
        {
            content: "The choice of fields can be used again",
            trigger: ".o_export_data_dialog .o_select_button:enabled",
        },
        {
            trigger: ".o_export_data_dialog .o_form_button_cancel",
            run: "click",
        },
        {
            content: "A pivot table is a list, too",
            trigger: "body:not(:has(.modal)) .o_switch_view.o_pivot",
            run: "click",
        },
        {
            trigger: ".o_pivot_download:enabled",
            run: "click",
        },
        ...enter("Meeting"),
        {
            trigger: "body:not(:has(.modal)):not(:has(.o_blockUI))",
        },
    ],
});

registry.category("web_tour.tours").add("expo_list_export_none", {
    steps: () => [
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Maria Rossi) .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            content: "There are actions, but no export",
            trigger: ".o-dropdown--menu:has(.o_menu_item):not(:has(.o_menu_item:contains(Export)))",
        },
    ],
});
