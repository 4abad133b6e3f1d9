import type { IncomingMessage, ServerResponse } from "node:http";
import { type Emulator, readBody } from "local-personalize";
import { statusPath } from "../instance.ts";
import { jsonAnswer, sendAnswer } from "./answer.ts";
import type { AccessLog } from "./enforcement/access-log.ts";
import { BadFaultError, type Faults, readFault } from "./faults.ts";

/** The data that the endpoints below /_local read and change. */
interface Admin {
    readonly emulator: Emulator;
    readonly faults: Faults;
    /** The enforcement of IAM with its access log; undefined if the local AWS does not enforce IAM. */
    readonly enforcement?: { readonly log: AccessLog };
    /** Returns the response to `GET /_local/status?challenge=…`. */
    status(challenge: string): object;
    /**
     * Returns how often the local AWS has evaluated alarms, sent its own metrics, and checked budgets, for
     * `GET /_local/rounds`.
     */
    rounds?(): object;
}

type Endpoint = (admin: Admin, request: IncomingMessage, url: URL) => Promise<Answer> | Answer;

type Answer = readonly [status: number, body: object];

/**
 * The longest time by which one call can advance the clock: a year, because metering a year takes half a second for
 * each campaign.
 */
const maxSeconds = 366 * 24 * 3600;

const endpoints: Record<string, Record<string, Endpoint>> = {
    [statusPath]: { GET: ({ status }, _, url) => [200, status(url.searchParams.get("challenge") ?? "")] },
    "/_local/rounds": { GET: ({ rounds }) => [200, rounds?.() ?? {}] },
    "/_local/requests": {
        GET({ emulator }, _, url) {
            const after = Number(url.searchParams.get("after") ?? 0);
            if (!Number.isSafeInteger(after)) return bad("after must be the id of a request, such as 12.");
            return [200, { requests: emulator.requests(after) }];
        },
    },
    "/_local/access": {
        GET({ enforcement }, _, url) {
            const after = Number(url.searchParams.get("after") ?? 0);
            if (!Number.isSafeInteger(after)) return bad("after must be the id of an access, such as 12.");
            if (!enforcement) return [409, { message: "Calls are not checked: the local AWS runs with --no-enforce." }];
            return [200, { accesses: enforcement.log.after(after) }];
        },
    },
    "/_local/clock": {
        GET: ({ emulator }) => [200, clockOf(emulator)],
        async POST({ emulator }, request) {
            const seconds = readAdvance((await readBody(request)).toString("utf8"));
            if (typeof seconds === "string") return bad(seconds);
            emulator.advance(seconds * 1000);
            return [200, clockOf(emulator)];
        },
    },
    "/_local/forms": {
        async POST({ emulator }, request) {
            const forms = (await readBody(request)).toString("utf8");
            if (forms !== "received" && forms !== "other") return bad("The body must be received or other.");
            emulator.setForms(forms);
            return [200, { forms }];
        },
    },
    "/_local/faults": {
        GET: ({ faults }) => [200, { faults: faults.list() }],
        async POST({ emulator, faults, enforcement }, request) {
            const text = (await readBody(request)).toString("utf8");
            try {
                const fault = readFault(JSON.parse(text), emulator.operations);
                if (!enforcement && !emulator.operations.has(fault.operation)) {
                    return bad(
                        `${fault.operation} cannot have a fault: with --no-enforce, the local AWS does not derive the IAM actions of calls.`,
                    );
                }
                return [201, faults.arm(fault)];
            } catch (error) {
                if (error instanceof BadFaultError) return bad(error.message);
                if (error instanceof SyntaxError) return bad(`A fault must be a JSON object: ${error.message}`);
                throw error;
            }
        },
        DELETE: ({ emulator, faults }) => [200, { cleared: faults.clear(), released: emulator.release() }],
    },
};

function clockOf({ clock }: Emulator): object {
    return { now: new Date(clock.now()).toISOString(), aheadSeconds: clock.ahead() / 1000 };
}

/** Returns the seconds in the body of `POST /_local/clock`, or an error message if the body is invalid. */
function readAdvance(text: string): number | string {
    try {
        const { advanceSeconds, ...others } = JSON.parse(text) as { advanceSeconds?: unknown };
        const [unknown] = Object.keys(others);
        if (unknown !== undefined) return `Unknown member ${unknown}. The only allowed member is advanceSeconds.`;
        if (typeof advanceSeconds === "number" && advanceSeconds >= 0 && advanceSeconds <= maxSeconds) {
            return advanceSeconds;
        }
        return `advanceSeconds must be a number from 0 to ${maxSeconds}; it is ${JSON.stringify(advanceSeconds) ?? "missing"}.`;
    } catch {
        return 'The body must be a JSON object, such as {"advanceSeconds": 3600}.';
    }
}

const bad = (message: string): Answer => [400, { message }];

/** Answers requests to /_local. */
export async function answerAdmin(
    admin: Admin,
    request: IncomingMessage,
    url: URL,
    response: ServerResponse,
): Promise<void> {
    const methods = endpoints[url.pathname] ?? {};
    const endpoint = methods[request.method ?? ""];
    const [status, body] = endpoint
        ? await endpoint(admin, request, url)
        : [405, { message: `${url.pathname} answers ${Object.keys(methods).join(", ") || "nothing"}.` }];
    sendAnswer(response, jsonAnswer(status, body));
}
