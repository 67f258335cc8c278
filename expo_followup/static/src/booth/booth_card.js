/**
 * What a scanned card says, roughly: enough to show who it is. The server reads the raw text again, with all rules.
 */

import { wholeAddress } from "./booth_address";

const VCARD = { FN: "name", ORG: "company_name", TITLE: "function", EMAIL: "email", TEL: "phone" };
const MECARD = { N: "name", ORG: "company_name", TITLE: "function", EMAIL: "email", TEL: "phone" };

function unescape(text) {
    return text
        .replace(/\\n/gi, " ")
        .replace(/\\([\\;,:"])/g, "$1")
        .trim();
}

function decode(value, parameters) {
    if (!/QUOTED-PRINTABLE/i.test(parameters)) {
        return value;
    }
    try {
        return decodeURIComponent(value.replace(/%/g, "%25").replace(/=([0-9A-F]{2})/gi, "%$1"));
    } catch {
        return ""; // another charset than UTF-8: the server knows more of them
    }
}

function parts(value) {
    return value.split(/(?<!\\);/).map(unescape);
}

function personOf(value) {
    const [last = "", first = ""] = parts(value);
    const isChinese = /[\u3400-\u9fff]/.test(last + first);
    return (isChinese ? [last, first] : [first, last]).filter(Boolean).join(isChinese ? "" : " ");
}

function vcardLines(text) {
    const lines = text
        .replace(/=\r?\n/g, "")
        .replace(/\r?\n[ \t]/g, "")
        .split(/\r?\n/);
    return lines.flatMap((line) => {
        const [, key, parameters, value] = line.match(/^(?:[\w-]+\.)?([A-Z]+)((?:;[^:]*)?):(.*)$/i) || [];
        return value ? [[key.toUpperCase(), decode(value, parameters)]] : [];
    });
}

function readVcard(text) {
    const values = {};
    const given = {};
    for (const [key, value] of vcardLines(text)) {
        const name = VCARD[key];
        if (key === "N") {
            given.name = personOf(value);
        } else if (key === "ADR") {
            values.country = parts(value)[6];
        } else if (name && !values[name]) {
            const first = key === "ORG" ? parts(value)[0] : unescape(value);
            values[name] = first.replace(/^tel:/i, "");
        }
    }
    return { ...given, ...values };
}

function readMecard(text) {
    const values = {};
    for (const field of text.slice("MECARD:".length).split(/(?<!\\);/)) {
        const [, key, value] = field.match(/^([A-Z-]+):(.*)$/is) || [];
        const name = MECARD[key?.toUpperCase()];
        if (name && !values[name]) {
            values[name] = unescape(value);
        }
    }
    if (values.name?.includes(",")) {
        values.name = personOf(values.name.replace(",", ";"));
    }
    return values;
}

/**
 * @param {string} text what a scanner read
 * @param {{id: number, code: string, name: string}[]} countries
 * @returns {Object} fields of a contact; empty for anything but a card (an address of the web is never opened)
 */
export function readCard(text, countries) {
    let values = {};
    if (/^\s*BEGIN:VCARD/i.test(text)) {
        values = readVcard(text);
    } else if (/^\s*MECARD:/i.test(text)) {
        values = readMecard(text.trim());
    }
    const { country = "", ...rest } = values;
    if (rest.email) {
        // A part of an address is another person's. What is no whole address the server keeps as a remark.
        rest.email = wholeAddress(rest.email);
    }
    const wanted = country.toLowerCase();
    const found =
        wanted && countries.find(({ code, name }) => [code, name].some((one) => one.toLowerCase() === wanted));
    return found ? { ...rest, country_id: found.id } : rest;
}
