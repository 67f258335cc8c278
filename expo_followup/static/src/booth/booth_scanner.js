import { Component, useState } from "@odoo/owl";
import { BarcodeVideoScanner, isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { CropOverlay } from "@web/core/barcode/crop_overlay";
import { browser } from "@web/core/browser/browser";

/** A frame for the square codes of cards and badges: the web client's own is a strip, made for bar codes. */
class CardFrame extends CropOverlay {
    setup() {
        super.setup();
        this.localStorageKey = "expo-booth-frame";
    }

    computeDefaultPoint() {
        super.computeDefaultPoint();
        if (!browser.localStorage.getItem(this.localStorageKey)) {
            const { width, height } = this.cropContainerRef.el.firstChild.getBoundingClientRect();
            this.relativePosition = { x: width * 0.95, y: height * 0.95 };
        }
    }
}

class CardScanner extends BarcodeVideoScanner {
    static components = { CropOverlay: CardFrame };
}

/** The web client's own scanner over the whole screen, with a way out when there is no camera. */
export class BoothScanner extends Component {
    static template = "expo_followup.BoothScanner";
    static components = { CardScanner };
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
