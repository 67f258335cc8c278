import { registry } from "@web/core/registry";

/** A customer who is logged in complains, writes once more, accepts nothing that is not offered, and finds it in the list. */
registry.category("web_tour.tours").add("expo_complaint_portal", {
    steps: () => [
        {
            trigger: "a[href='/my/complaints/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "input[name=subject]",
            run: "edit Lids do not fit",
        },
        {
            trigger: "textarea[name=story]",
            run: "edit None of the five hundred lids fits its mug.",
        },
        {
            trigger: "form button[type=submit]:contains(Send)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains(We have received your complaint)",
        },
        {
            trigger: "#o_expo_text",
            run: "edit Photos follow tomorrow.",
        },
        {
            trigger: "#write button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_expo_theirs:contains(Photos follow tomorrow.)",
        },
        {
            trigger: ".breadcrumb a[href='/my/complaints']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".list-group-item:contains(Lids do not fit):contains(Received)",
        },
    ],
});

/** By the link of our letter, without a login: accept the offer. */
registry.category("web_tour.tours").add("expo_complaint_portal_accept", {
    steps: () => [
        {
            trigger: "#offer:contains(with your next invoice) input[name=name]",
            run: "edit Maria Rossi",
        },
        {
            trigger: "#offer button:contains(We accept this offer)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains(Thank you)",
        },
        {
            trigger: "#facts:contains(Offer accepted):contains(Maria Rossi)",
        },
    ],
});

/** By the link: rate the solution. */
registry.category("web_tour.tours").add("expo_complaint_portal_rate", {
    steps: () => [
        {
            trigger: "label[for=o_expo_star_5]",
            run: "click",
        },
        {
            trigger: "#o_expo_rate_text",
            run: "edit Quick and kind",
        },
        {
            trigger: "#rate button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_expo_theirs:contains(Quick and kind) .fa-star",
        },
        {
            trigger: "h2:contains(This complaint is closed)",
        },
    ],
});
