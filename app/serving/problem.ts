import type { Problem } from "../api/names.ts";

/** A fault in a request, with its location: `query numResults`, `body /events/0/itemId`. */
export interface Fault {
    readonly in: string;
    readonly message: string;
}

/** An error that the API returns as a problem: an error response in the format of RFC 9457. */
export class ProblemError extends Error {
    override readonly name = "ProblemError";
    readonly kind: ProblemKind;
    readonly faults: readonly Fault[];
    readonly headers: Readonly<Record<string, string>>;

    constructor(
        kind: ProblemKind,
        detail: string,
        more: { readonly faults?: readonly Fault[]; readonly headers?: Readonly<Record<string, string>> } = {},
    ) {
        super(detail);
        this.kind = kind;
        this.faults = more.faults ?? [];
        this.headers = more.headers ?? {};
    }
}

/** Maximum number of faults in an answer, and of characters in each of its texts. */
const maxFaults = 10;
const longestText = 120;
/**
 * Maximum length of the answer to a faulty request in bytes, because the answer repeats names and values that the
 * caller chose.
 */
const longestProblem = 4000;

const cut = (text: string) => (text.length <= longestText ? text : `${text.slice(0, longestText).toWellFormed()}…`);

/** Returns the error for a request with faults. The error response lists as many faults as fit. */
export function faultyRequest(faults: readonly Fault[]): ProblemError {
    const shown = faults.slice(0, maxFaults).map((fault) => ({ in: cut(fault.in), message: cut(fault.message) }));
    const detail = () => shown.map(({ in: where, message }) => `${where} ${message}`).join("; ");
    const isShort = () => Buffer.byteLength(JSON.stringify([shown, detail()])) <= longestProblem - 500;
    while (shown.length > 1 && !isShort()) shown.pop();
    return new ProblemError("bad-request", detail(), { faults: shown });
}

/** Returns the error for a wrong query parameter that the schema in the API description accepts. */
export const badQuery = (name: string, message: string): ProblemError =>
    new ProblemError("bad-request", `Query parameter ${name} ${message}.`, {
        faults: [{ in: `query ${name}`, message }],
    });

export type ProblemKind = keyof typeof problems;

/** Status and title of each kind of error response. The schema `Problem` in app/api/openapi.yaml lists the kinds. */
export const problems = {
    "bad-request": { status: 400, title: "The request does not match the API's description" },
    unauthorized: { status: 401, title: "A viewer's token is missing or not valid" },
    forbidden: { status: 403, title: "Not the viewer of the token" },
    "private-history": { status: 403, title: "Histories are not public in this stack" },
    "not-found": { status: 404, title: "Not found" },
    "too-many-events": { status: 429, title: "Too many events" },
    "method-not-allowed": { status: 405, title: "Method not allowed" },
    "issuer-away": { status: 503, title: "The issuer of tokens does not answer" },
    failure: { status: 500, title: "Internal error" },
} as const;

/** Returns the body of an error's answer (RFC 9457), with the request's ID. */
export const toProblem = (
    { kind, message, faults }: Pick<ProblemError, "kind" | "message" | "faults">,
    requestId: string,
): Problem => ({
    type: `/problems/${kind}`,
    ...problems[kind],
    detail: message,
    requestId,
    ...(faults.length > 0 && { errors: faults.map((fault) => ({ ...fault })) }),
});
