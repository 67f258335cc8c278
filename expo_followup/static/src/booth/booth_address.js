/**
 * E-mail addresses in texts: whole, or none. The rule, and the reasons for it, are those of tools/addresses.py.
 */

const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;
const WORD = /[\p{L}\p{M}\p{N}]/u;
const LOCAL = /[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~.]/u;
const DOMAIN = /[\p{L}\p{M}\p{N}\-._\u200c\u200d\u00b7\u0375\u05f3\u05f4\u30fb]/u;
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]/g;
const BEFORE = /^[;,:/|?&<>()[\]{}"'\s✉📧📨📩📬🖂•·●◆■►▶→]$|^(?![\x00-\x7f])[\p{P}\p{Z}]$/u;
const AFTER = /^[!#$%&'*+\-/=?^_`{|}~.;,:<>()[\]"\\\s]|^(?![\x00-\x7f])[\p{P}\p{Z}✉📧📨📩📬🖂●◆■►▶→]/u;
const SIGNS = /^[!#$%'*+\-=^_`~.\\]+([\p{L}\p{M}\p{N}@_])/u;
const GOES_ON =
    /^(?:\s*[[({<]\s*(?:[.。@]|dot(?!\p{L})|punkt(?!\p{L})|点)|\s+(?:\.[\p{L}\p{N}_]|dot\s)|[.。]+(?:\s+[a-z]|\s*[[({<])|[.。]+[\p{L}\p{N}_])/u;
const QUOTED = /"(?:[^"\\]|\\.){0,130}"\s{0,9}@/g;
const EAST_ASIAN = /[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]/;

function isDomain(domain) {
    const labels = domain.split(".");
    const last = labels.at(-1);
    if (labels.length < 2 || last.length < 2 || /^\d+$/.test(last)) {
        return false;
    }
    if (/[a-z]/.test(last) && !/^[\x00-\x7f\p{Script=Latin}\p{M}]+$/u.test(last)) {
        return false; // a word after it that no blank separates
    }
    if (labels.some((label) => !/^(?!-)[^_]+$/.test(label) || label.endsWith("-") || label.length > 63)) {
        return false;
    }
    try {
        return Boolean(new URL(`https://${domain}`).hostname);
    } catch {
        return false;
    }
}

function normalized(local, domain) {
    const address = `${/^[\x00-\x7f]*$/.test(local) ? local.toLowerCase() : local}@${domain}`;
    const isJoined = EAST_ASIAN.test(local) && /[a-z0-9]/i.test(local); // a word before it that no blank separates
    const isLong = local.length > MAX_LOCAL || address.length > MAX_ADDRESS;
    return isJoined || isLong || !isDomain(domain) ? "" : address;
}

function isInLink(chunk, local) {
    // The rest of a link may be written like an address: //user@host, //host/?email=user@host.
    if (chunk.endsWith(":") && local.startsWith("//")) {
        return true;
    }
    const isCoded = chunk.includes("@") || /%[0-9a-f]{2}/i.test(local);
    return chunk.includes("://") || (chunk.includes("mailto:") && isCoded);
}

function standsAlone(chars, start, at, stop) {
    const before = chars.slice(0, start).join("");
    const after = chars.slice(stop).join("");
    if (start === at || chars[start] === "." || (start && !BEFORE.test(chars[start - 1]))) {
        return false;
    }
    if (isInLink(before.match(/\S*$/)[0].toLowerCase(), chars.slice(start, at).join(""))) {
        return false;
    }
    if (GOES_ON.test(after) || SIGNS.test(after)) {
        return false;
    }
    return !after || (AFTER.test(after) && !/^。[\p{L}\p{M}\p{N}]/u.test(after));
}

function bounds(chars, end, at) {
    let start = at;
    let stop = at + 1;
    while (start > end && LOCAL.test(chars[start - 1])) {
        start--;
    }
    while (stop < chars.length && DOMAIN.test(chars[stop])) {
        stop++;
    }
    if (start === end && end && "/|&?".includes(chars[start])) {
        start++;
    } else if (chars[start] === "'" && chars[stop] === "'" && start + 1 < at) {
        start++;
    }
    return [start, stop];
}

/**
 * @param {string} text
 * @returns {string[]} the addresses that are whole for certain, those in <> first
 */
export function findAddresses(text) {
    const plain = text
        .replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
        .replace(/\u3000/g, " ")
        .replace(INVISIBLE, "")
        .normalize("NFC");
    // Of what stands in quotes before an "@" nothing is an address: other signs take its place.
    const chars = [...plain.replace(QUOTED, (quoted) => `${quoted.slice(0, -1).replaceAll("@", '"')}@`)];
    const enclosed = [];
    const others = [];
    let end = 0;
    for (let at = chars.indexOf("@"); at >= 0; at = chars.indexOf("@", at + 1)) {
        const [start, longest] = bounds(chars, end, at);
        let stop = longest;
        end = Math.max(stop, at + 1);
        while (chars[stop - 1] === ".") {
            stop--;
        }
        const domain = chars
            .slice(at + 1, stop)
            .join("")
            .toLowerCase();
        const isAlone = standsAlone(chars, start, at, stop);
        const address = isAlone && WORD.test(domain) && normalized(chars.slice(start, at).join(""), domain);
        if (address) {
            (chars[start - 1] === "<" && chars[stop] === ">" ? enclosed : others).push(address);
        }
    }
    return [...new Set([...enclosed, ...others])];
}

/**
 * @param {string} text
 * @returns {string} the address when the text has one and nothing else with an "@", else ""
 */
export function wholeAddress(text) {
    const found = findAddresses(text);
    const signs = text.match(/[@＠]/g) || [];
    return found.length === 1 && signs.length === 1 ? found[0] : "";
}
