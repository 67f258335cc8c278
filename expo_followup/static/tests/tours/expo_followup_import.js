import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

// The list that the test gives, as a spreadsheet would save it.
const upload = () =>
    inputFiles(".o_expo_import .o_field_widget[name=file] input[type=file]", [
        new File([(window.expoTourExpected || {}).list], "booth.csv", { type: "text/csv" }),
    ]);
const lines = ".o_field_widget[name=line_ids] ";
const row = (...texts) => ".o_data_row" + texts.map((text) => `:contains("${text}")`).join("");

const startImport = [
    {
        content: "Start an import",
        trigger: ".o_list_button_add",
        run: "click",
    },
    {
        content: "The running show is chosen already",
        trigger: ".o_form_view .o_field_widget[name=exhibition_id] input:value(Spring Fair)",
    },
    {
        content: "Upload the list",
        trigger: ".o_expo_import .o_field_widget[name=file]",
        run: upload,
    },
    {
        trigger: "button[name=action_read]",
        run: "click",
    },
];

registry.category("web_tour.tours").add("expo_followup_import", {
    steps: () => [
        ...startImport,
        {
            content: "Its columns are told by their Chinese headings",
            trigger: `.o_field_widget[name=column_ids] ${row("联系人", "Contact")}`,
        },
        {
            content: "A column without a heading is kept",
            trigger: `.o_field_widget[name=column_ids] ${row("采购经理")} td[name=field_name]`,
            run: "click",
        },
        {
            content: "It holds the position",
            trigger: `.o_field_widget[name=column_ids] .o_selected_row td[name=field_name] select, .o_field_widget[name=column_ids] .o_selected_row td[name=field_name] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Position)",
            run: "click",
        },
        {
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "What would become of each row",
            trigger: lines + row("王 伟", "New customer", "Several websites"),
        },
        {
            trigger: lines + row("Maria Rossi", "Already recorded"),
        },
        {
            trigger: lines + row("Rejected", "Image file name in the e-mail column"),
        },
        {
            content: "Nothing is imported yet",
            trigger: ".o_arrow_button_current:contains(Checked)",
        },
        {
            trigger: "button[name=action_commit]",
            run: "click",
        },
        {
            content: "It is imported",
            trigger: ".o_notification:contains(The list has been imported)",
        },
        {
            trigger: ".o_arrow_button_current:contains(Imported)",
        },
        {
            content: "The result can be downloaded",
            trigger: "button[name=action_download_result]",
        },
        {
            content: "See who was rejected",
            trigger: "button[name=action_open_lines]:contains(rejected)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_facet_value:contains(Rejected)",
        },
        {
            content: "Back to the imports",
            trigger: ".breadcrumb-item:contains(Import a list), .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
        },
        ...startImport,
        {
            content: "The columns are remembered",
            trigger: `.o_field_widget[name=column_ids] ${row("采购经理", "Position")}`,
        },
        {
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "The same list again changes nothing",
            trigger: ".alert:contains(No row of this list is new)",
        },
    ],
});
