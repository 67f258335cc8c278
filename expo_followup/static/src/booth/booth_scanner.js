import { Component, useState } from "@odoo/owl";
import { BarcodeVideoScanner, isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";

/** The web client's own scanner over the whole screen, with a way out when there is no camera. */
export class BoothScanner extends Component {
    static template = "expo_followup.BoothScanner";
    static components = { BarcodeVideoScanner };
    static props = { onResult: Function, onType: Function, onClose: Function };

    setup() {
        this.isReady = false;
        this.state = useState({ hasCamera: isBarcodeScannerSupported() });
    }

    onReady() {
        this.isReady = true;
    }

    onError(error) {
        console.warn("Scanner:", error);
        // Once the camera runs, an error means one frame that could not be read: the next one may be.
        if (!this.isReady) {
            this.state.hasCamera = false;
        }
    }
}
