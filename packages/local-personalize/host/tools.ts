import type { IncomingMessage, ServerResponse } from "node:http";
import type { Emulator } from "../contract.ts";
import { readBody } from "../wire/http.ts";
import { BadFaultError, type Faults, readFault } from "./faults.ts";

/** What the endpoints below /_local read and change. */
export interface Tools {
    readonly emulator: Emulator;
    readonly faults: Faults;
    /** Whether faults may also name IAM actions of other services. */
    readonly elsewhere?: boolean;
    /** Deletes all resources. Without it, `POST /_local/reset` is not served. */
    reset?(): Promise<object>;
}

export type ToolAnswer = readonly [status: number, body: object];

/** An endpoint below /_local. Its `tools` may have more members than `Tools`. */
type ToolEndpoint<T extends Tools = Tools> = (
    tools: T,
    request: IncomingMessage,
    url: URL,
) => Promise<ToolAnswer> | ToolAnswer;

/** Endpoints by path and method. */
export type ToolEndpoints<T extends Tools = Tools> = Readonly<
    Record<string, Readonly<Record<string, ToolEndpoint<T>>>>
>;

/** Returns the answer to an invalid request. */
export const bad = (message: string): ToolAnswer => [400, { message }];

/**
 * The longest time by which one call can advance the clock: a year, because the local AWS needs half a second for the
 * bill of a campaign's year.
 */
const maxSeconds = 366 * 24 * 3600;

/** The endpoints of each server of the emulator. */
export const toolEndpoints: ToolEndpoints = {
    "/_local/requests": {
        GET({ emulator }, _, url) {
            const after = Number(url.searchParams.get("after") ?? 0);
            if (!Number.isSafeInteger(after)) return bad("after must be the id of a request, such as 12.");
            return [200, { requests: emulator.requests(after) }];
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
        async POST({ emulator, faults, elsewhere = false }, request) {
            const text = (await readBody(request)).toString("utf8");
            try {
                return [201, faults.arm(readFault(JSON.parse(text), emulator.operations, elsewhere))];
            } catch (error) {
                if (error instanceof BadFaultError) return bad(error.message);
                if (error instanceof SyntaxError) return bad(`A fault must be a JSON object: ${error.message}`);
                throw error;
            }
        },
        DELETE: ({ emulator, faults }) => [200, { cleared: faults.clear(), released: emulator.release() }],
    },
    "/_local/reset": {
        POST: async ({ reset }) => (reset ? [200, await reset()] : [404, { message: "This server has no reset." }]),
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

/** Answers a request to an endpoint below /_local. */
export async function answerTools<T extends Tools>(
    endpoints: ToolEndpoints<T>,
    tools: T,
    request: IncomingMessage,
    url: URL,
    response: ServerResponse,
): Promise<void> {
    const methods = endpoints[url.pathname] ?? {};
    const endpoint = methods[request.method ?? ""];
    const [status, body] = endpoint
        ? await endpoint(tools, request, url)
        : [405, { message: `${url.pathname} answers ${Object.keys(methods).join(", ") || "nothing"}.` }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
