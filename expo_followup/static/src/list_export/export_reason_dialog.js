import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

import { Component, useState } from "@odoo/owl";

/** Asks why a list is exported: no export without a reason. */
export class ExportReasonDialog extends Component {
    static template = "expo_followup.ExportReasonDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        confirm: Function,
    };

    setup() {
        this.state = useState({ reason: "" });
        useAutofocus({ refName: "reason" });
    }

    onConfirm() {
        const reason = this.state.reason.trim();
        if (reason) {
            this.props.confirm(reason);
            this.props.close();
        }
    }
}
