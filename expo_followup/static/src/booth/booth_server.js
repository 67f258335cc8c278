import { RPCError, rpc } from "@web/core/network/rpc";

const TIMEOUT = 60000;

/**
 * Why the server could not be asked, or would not answer.
 *
 * kind: "offline", "session" (the login has ended), "other_user", "forbidden", "too_large", "busy", "server".
 */
export class BoothProblem extends Error {
    constructor(kind, message = "") {
        super(message);
        this.kind = kind;
    }
}

function toProblem(error, status) {
    if (status === 413) {
        return new BoothProblem("too_large");
    }
    // A hall's own log-in page answers in place of ours, with something that is no JSON: that is no network either.
    if (!(error instanceof RPCError)) {
        return new BoothProblem("offline");
    }
    const name = error.exceptionName || "";
    if (name.endsWith("SessionExpiredException")) {
        return new BoothProblem("session");
    }
    if (name.endsWith("AccessError")) {
        return new BoothProblem("forbidden", error.data.message);
    }
    return new BoothProblem(name.endsWith("RequestEntityTooLarge") ? "too_large" : "server", error.data?.message);
}

async function call(route, params) {
    const xhr = new window.XMLHttpRequest();
    const promise = rpc(route, params, { silent: true, xhr });
    const timer = setTimeout(() => promise.abort(), TIMEOUT);
    try {
        return await promise;
    } catch (error) {
        throw toProblem(error, xhr.status);
    } finally {
        clearTimeout(timer);
    }
}

export const boothServer = {
    /** Lists of shows, tiers, products … as this user sees them, and the user's name. */
    load: () => call("/expo/booth/data", {}),

    /**
     * Hand over captures recorded by `owner`; the server refuses them when another user is logged in by now.
     *
     * @returns {Promise<Object[]>} one answer per payload
     */
    async send(owner, payloads) {
        const { problem, user, answers } = await call("/expo/booth/capture", { owner, payloads });
        if (problem) {
            throw new BoothProblem(problem, user);
        }
        return answers;
    },
};
