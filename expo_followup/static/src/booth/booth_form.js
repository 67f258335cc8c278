import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { shrinkPhoto } from "./booth_photo";

const ENOUGH = ["name", "company_name", "email", "phone", "account", "raw_text"];
const MOST_PRODUCTS = 12;

/** One contact: who it is, how strong the intent to buy, and whether we may write. */
export class BoothForm extends Component {
    static template = "expo_followup.BoothForm";
    static props = { draft: Object, data: Object, show: Object, onSave: Function, onCancel: Function };

    setup() {
        this.draft = useState(this.props.draft);
        this.state = useState({ search: "", problem: "", isSaving: false, isAsking: false });
        this.roles = [
            ["visitor", _t("Visitor")],
            ["exhibitor", _t("Exhibitor")],
        ];
        this.consents = [
            ["unknown", _t("Not asked")],
            ["granted", _t("Agrees")],
            ["refused", _t("Declines")],
        ];
    }

    get values() {
        return this.draft.values;
    }

    /** The question as it is put to the contact: in the contact's language, where we have it. */
    get wording() {
        const { consent, lang } = this.props.data;
        return consent[this.values.lang] || consent[lang] || "";
    }

    /** Products that fit what is typed, those of the show first. */
    get offered() {
        const wanted = this.state.search.trim().toLowerCase();
        const isOfShow = (product) => this.props.show.product_ids.includes(product.id);
        const left = this.props.data.products.filter(
            (product) =>
                !this.values.product_ids.includes(product.id) &&
                (wanted ? product.name.toLowerCase().includes(wanted) : isOfShow(product)),
        );
        return [...left.filter(isOfShow), ...left.filter((product) => !isOfShow(product))].slice(0, MOST_PRODUCTS);
    }

    get chosen() {
        return this.props.data.products.filter((product) => this.values.product_ids.includes(product.id));
    }

    set(name, value) {
        this.values[name] = value;
        this.draft.isChanged = true;
        this.state.problem = "";
    }

    setNumber(name, value) {
        this.set(name, Number(value) || false);
    }

    toggleProduct(id) {
        const ids = this.values.product_ids;
        this.set("product_ids", ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
        this.state.search = "";
    }

    async onPhoto(event) {
        const [file] = event.target.files;
        event.target.value = "";
        if (!file) {
            return;
        }
        try {
            this.draft.photo = await shrinkPhoto(file);
            this.draft.isChanged = true;
        } catch {
            this.state.problem = _t("This picture cannot be read: take a photo with the camera, or type the details.");
        }
    }

    removePhoto() {
        this.draft.photo = null;
        this.draft.isChanged = true;
    }

    async save() {
        if (!this.draft.photo && !ENOUGH.some((name) => this.values[name].trim())) {
            this.state.problem = _t("Enter a name or a way to reach this contact.");
        } else if (!this.values.tier_id) {
            this.state.problem = _t("Choose an intent tier.");
            window.scrollTo({ top: 0, behavior: "smooth" });
        } else if (!this.state.isSaving) {
            this.state.isSaving = true;
            const isAnswered = this.values.contact_consent !== "unknown";
            const values = { ...this.values, consent_wording: isAnswered ? this.wording : "" };
            await this.props.onSave({ ...this.draft, values });
            this.state.isSaving = false;
        }
    }

    cancel() {
        if (this.draft.isChanged && !this.state.isAsking) {
            this.state.isAsking = true;
        } else {
            this.props.onCancel();
        }
    }
}
