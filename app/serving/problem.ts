import type { Problem } from "../api/names.ts";

/** A fault in a request, and its place: `query numResults`, `body /events/0/itemId`. */
export interface Fault {
    readonly in: string;
    readonly message: string;
}

/** A request that is answered with a problem (RFC 9457). */
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

/** The problem of a request with faults. */
export const faultyRequest = (faults: readonly Fault[]): ProblemError =>
    new ProblemError("bad-request", faults.map(({ in: where, message }) => `${where} ${message}`).join("; "), {
        faults,
    });

/** The problem of a query parameter that the description cannot express. */
export const badQuery = (name: string, message: string): ProblemError =>
    new ProblemError("bad-request", `Query parameter ${name} ${message}.`, {
        faults: [{ in: `query ${name}`, message }],
    });

export type ProblemKind = keyof typeof problems;

/** docs/api.md describes each, under the last part of its type. */
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

/** The body of an error's answer (RFC 9457), with the request's id. */
export const problemOf = (
    { kind, message, faults }: Pick<ProblemError, "kind" | "message" | "faults">,
    requestId: string,
): Problem => ({
    type: `/problems/${kind}`,
    ...problems[kind],
    detail: message,
    requestId,
    ...(faults.length > 0 && { errors: faults.map((fault) => ({ ...fault })) }),
});
