/**
 * What a scanned card says, roughly: enough to show who it is. The server reads the raw text again, with all rules: of
 * what the user has not changed its reading counts.
 */

import { wholeAddress } from "./booth_address";

const VCARD = { FN: "name", ORG: "company_name", TITLE: "function", EMAIL: "email", TEL: "phone" };
const MECARD = { N: "name", ORG: "company_name", TITLE: "function", EMAIL: "email", TEL: "phone" };

/** Which of several is shown: the preferred one, then by these types; null stands for all others. */
const ORDER = {
    EMAIL: [/\bwork\b/i, null, /\bhome\b/i],
    TEL: [/\b(cell|mobile|iphone)\b/i, null, /\b(home|pager)\b/i],
};

const CHAT = /^https?:\/\/(?:www\.)?wa\.me\/\+?(\d{7,})(?![^?#/])/i;

function unescape(text) {
    return text.replace(/\\n/gi, " ").replace(/\\(.)/g, "$1").replace(/\s+/g, " ").trim();
}

function decode(value, parameters) {
    try {
        if (/QUOTED-PRINTABLE/i.test(parameters)) {
            return decodeURIComponent(value.replace(/%/g, "%25").replace(/=([0-9A-F]{2})/gi, "%$1"));
        }
        if (/\b(BASE64|ENCODING="?B)\b/i.test(parameters)) {
            const bytes = Uint8Array.from(window.atob(value.replace(/\s/g, "")), (char) => char.charCodeAt(0));
            return new window.TextDecoder("utf-8", { fatal: true }).decode(bytes);
        }
        return value;
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

/** The lines of a card without its indentation, each with what was folded. */
function vcardLines(text) {
    const [, indent = ""] = text.match(/\n([ \t]*)\S/) || [];
    const lines = [""];
    for (const raw of text.split(/\r?\n/)) {
        const line = raw.startsWith(indent) ? raw.slice(indent.length) : raw;
        const last = lines.at(-1);
        if (last.endsWith("=") && /^[^:]*QUOTED-PRINTABLE/i.test(last)) {
            // Before a coded sign blanks are of the folding.
            lines[lines.length - 1] = last.slice(0, -1) + line.replace(/^[ \t]+(?==[0-9A-F]{2})/i, "");
        } else if (last && /^[ \t]/.test(line)) {
            lines[lines.length - 1] = last + line.slice(1);
        } else {
            lines.push(line);
        }
    }
    return lines.flatMap((line) => {
        const [, key, parameters, value] = line.match(/^\s*(?:[\w-]+\.)?([A-Z]+)((?:;[^:]*)?):(.*)$/i) || [];
        return value ? [[key.toUpperCase(), decode(value, parameters), parameters]] : [];
    });
}

function rankOf(key, parameters) {
    const order = ORDER[key] || [null];
    const [isPreferred, place] = parameters.match(/\bpref\b(?:=(\d+))?/i) || [];
    const rank = order.findIndex((types) => types?.test(parameters));
    return (isPreferred ? Number(place || 1) : 101) * 10 + (rank < 0 ? order.indexOf(null) : rank);
}

/** A full name that is the company's, on a card without any part of a person's name, is no person's. */
function withoutCompany({ name, ...values }, given) {
    const isCompany = !given.name && name?.toLowerCase() === values.company_name?.toLowerCase();
    return name && !isCompany ? { name, ...values } : values;
}

function readVcard(text) {
    const values = {};
    const given = {};
    const ranks = {};
    for (const [key, value, parameters] of vcardLines(text)) {
        const name = VCARD[key];
        const rank = rankOf(key, parameters);
        if (key === "N") {
            given.name = personOf(value);
        } else if (key === "ADR") {
            values.country = values.country || parts(value)[6];
        } else if (key === "TEL" && /fax/i.test(parameters) && !/voice/i.test(parameters)) {
            continue;
        } else if (name && (!values[name] || rank < ranks[name])) {
            const first = key === "ORG" ? parts(value)[0] : unescape(value);
            values[name] = first.replace(/^tel:/i, "");
            ranks[name] = rank;
        }
    }
    return withoutCompany({ ...given, ...values }, given);
}

function readMecard(text) {
    const values = {};
    for (const field of text.slice("MECARD:".length).split(/(?<!\\);/)) {
        const [, key, value] = field.match(/^\s*([A-Z-]+):(.*)$/is) || [];
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

/** What a link to write or to call says, or a text with one address. */
function readText(text) {
    if (/^(?:wifi|otpauth|geo|upi|bitcoin|market|begin|https?):/i.test(text) && !CHAT.test(text)) {
        return {}; // a network's password or an organiser's address is not the bearer's
    }
    const [, number] = text.match(/^(?:tel|sms|smsto|callto):\s*([^?;:]*)/i) || [];
    if (number) {
        return { phone: number.trim() };
    }
    const [, chat] = text.match(CHAT) || [];
    if (chat) {
        return { phone: `+${chat}`, account: `WhatsApp: +${chat}` };
    }
    const cells = text.replace(/^mailto:([^?]*).*$/is, "$1").split(/[;|^\t]/);
    return { email: cells.map((cell) => cell.replace(/^\s*\p{L}[\w -]{0,30}\s*=\s*/u, "")).join("; ") };
}

/**
 * @param {string} text what a scanner read
 * @param {{id: number, code: string, name: string}[]} countries
 * @returns {Object} fields of a contact; empty for what tells of none (an address of the web is never opened)
 */
export function readCard(text, countries) {
    let values = {};
    if (/^\s*BEGIN:VCARD/i.test(text)) {
        values = readVcard(text);
    } else if (/^\s*MECARD:/i.test(text)) {
        values = readMecard(text.trim());
    } else {
        values = readText(text.trim());
    }
    const { country = "", ...rest } = values;
    if (rest.email) {
        // A part of an address is another person's. What is no whole address the server keeps as a remark.
        rest.email = wholeAddress(rest.email);
        if (!rest.email) {
            delete rest.email;
        }
    }
    const wanted = country.toLowerCase();
    const found =
        wanted && countries.find(({ code, name }) => [code, name].some((one) => one.toLowerCase() === wanted));
    return found ? { ...rest, country_id: found.id } : rest;
}

/** What a contact is shown as: a badge may tell the page no more than an address or a number. */
export function nameOf({ name, company_name, email, phone }) {
    return name || company_name || email || phone;
}
