import { App, whenReady } from "@odoo/owl";
import { getTemplate } from "@web/core/templates";
import { appTranslateFn, translatedTerms, translationIsReady, translationLoaded } from "@web/core/l10n/translation";
import { BoothApp } from "./booth_app";
import { BoothQueue } from "./booth_queue";
import { boothServer } from "./booth_server";
import { openStore } from "./booth_store";

/** Without network the terms come from what was kept, so the web client's own way of loading them is not used here. */
function applyLanguage(data) {
    translatedTerms.expo_followup = data?.terms || {};
    translatedTerms[translationLoaded] = true;
    translationIsReady.resolve(true);
    document.documentElement.lang = data?.locale || "en";
    document.documentElement.dir = data?.direction || "ltr";
}

function registerWorker() {
    const { serviceWorker } = window.navigator;
    if (!serviceWorker || window.location.search.includes("debug=")) {
        return;
    }
    serviceWorker
        .register("/expo/booth/service-worker.js", { scope: "/expo/booth" })
        .catch((error) => console.warn("The page cannot be kept for use without network:", error));
}

async function start() {
    const store = await openStore();
    const queue = new BoothQueue(store, boothServer);
    let data = await store.setting("data");
    if (!data) {
        try {
            data = await boothServer.load();
            await store.set("data", data);
        } catch (error) {
            queue.state.problem = error;
        }
    }
    applyLanguage(data);
    if (data) {
        await queue.start(data.owner, data.user_name);
    }
    const props = { data: data || null, store, queue, server: boothServer };
    const app = new App(BoothApp, { getTemplate, props, env: {}, translateFn: appTranslateFn });
    await app.mount(document.getElementById("booth"));
    registerWorker();
}

whenReady(start);
