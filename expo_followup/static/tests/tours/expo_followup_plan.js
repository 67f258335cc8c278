import { registry } from "@web/core/registry";

const bar = (step, days) => `.o_expo_plan_bar[data-step='${step}'][aria-label='${step}, day ${days}']`;
const SAVED = ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))";

/** Press the bar or its right end, and release it so many days further, as a mouse or a finger does. */
const drag = (days, part = "") => ({
    async run({ anchor }) {
        const target = part ? anchor.querySelector(part) : anchor;
        const { left, width, top, height } = anchor.getBoundingClientRect();
        const [first, last] = anchor
            .getAttribute("aria-label")
            .match(/(-?\d+) to (-?\d+)$/)
            .slice(1)
            .map(Number);
        const [x, y] = [left + width / 2, top + height / 2];
        const change = (days * width) / (last - first + 1);
        for (const [type, clientX] of [
            ["pointerdown", x],
            ["pointermove", x + change / 2],
            ["pointermove", x + change],
            ["pointerup", x + change],
        ]) {
            const options = { bubbles: true, button: 0, clientX, clientY: y, isPrimary: true };
            target.dispatchEvent(new window.PointerEvent(type, options));
            await new Promise((resolve) => window.requestAnimationFrame(resolve));
        }
    },
});

registry.category("web_tour.tours").add("expo_followup_plan", {
    steps: () => [
        { content: "Drag a step", trigger: bar("Drag", "1 to 7"), ...drag(3) },
        { content: "Drag its right end", trigger: bar("Drag", "4 to 10"), ...drag(2, ".o_expo_plan_end") },
        { trigger: bar("Drag", "4 to 12") },
        {
            content: "Move a step by the keyboard, before its reference date",
            trigger: bar("Keys", "1 to 2"),
            async run({ anchor, press }) {
                anchor.focus();
                await press("ArrowLeft");
                await press("ArrowLeft");
            },
        },
        { trigger: bar("Keys", "-1 to 0"), run: "press Shift+ArrowRight" },
        { trigger: bar("Keys", "-1 to 1") },
        { content: "A step in weeks stays in weeks as long as its first day stays", trigger: bar("Weeks", "14 to 20") },
        { trigger: bar("Weeks", "14 to 20"), ...drag(-1, ".o_expo_plan_end") },
        { trigger: bar("Weeks", "14 to 19") },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: SAVED },
        { trigger: bar("Drag", "4 to 12") },
    ],
});

registry.category("web_tour.tours").add("expo_followup_plan_readonly", {
    steps: () => [
        { trigger: `${bar("Drag", "1 to 7")}[role=img]:not([tabindex])`, ...drag(3) },
        { trigger: `${bar("Drag", "1 to 7")}:not(:has(.o_expo_plan_end))` },
    ],
});
