import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:contains("${name}")`;

registry.category("web_tour.tours").add("expo_followup_drag_tier", {
    steps: () => [
        {
            content: "All five tiers are there, also those without customers",
            trigger: column("No intent"),
        },
        {
            content: "Drag the customer to another tier",
            trigger: `${column("Asked for materials")} .o_kanban_record:contains(Maria Rossi)`,
            run: `drag_and_drop(${column("Intends to order")})`,
        },
        {
            content: "There she is, a key customer now",
            trigger: `${column("Intends to order")} .o_kanban_record:contains(Maria Rossi) .fa-star`,
        },
    ],
});
