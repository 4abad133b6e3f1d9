import type { Caller } from "./context.ts";
import type { MatchedPath, OpenDescription } from "./description.ts";
import { decodeBody, decoded, type GatewayEvent, texts } from "./gateway-event.ts";
import { notKept } from "./headers.ts";
import type { Answer, Answers } from "./operations.ts";
import type { Log } from "./ports.ts";
import { faultyRequest, ProblemError, problems, toProblem } from "./problem.ts";
import { jsonReply, preflight, type Reply } from "./reply.ts";
import type { Trace } from "./request-line.ts";

export interface RouterParts {
    readonly description: OpenDescription;
    readonly answers: Answers;
    readonly pages: ReadonlyMap<string, Reply>;
    readonly callerOf: (event: GatewayEvent) => Promise<Caller>;
    readonly log: Log;
}

export interface Routed {
    readonly reply: Reply;
    /** The operationId in the API description; empty for other requests. */
    readonly operation: string;
    /** The path's template, such as `/similar/{itemId}`; for an unknown path, the route `/{proxy+}`. */
    readonly template: string;
}

/** Path of the page's files. The API description does not have it, because it exists only without a CDN. */
const pageResource = "/storefront/{proxy+}";
/** API Gateway's route for every path that has no route of its own. */
const otherPaths = "/{proxy+}";

/** Routes a request to the function that answers it. Answers every error with a response in the format of RFC 9457. */
export function router({ description, answers, pages, callerOf, log }: RouterParts) {
    /** Returns the path's template and its URL-encoded parameters. */
    function matchPath({ resource, pathParameters }: GatewayEvent): MatchedPath {
        const unknown = { template: resource, parameters: texts(pathParameters) };
        return (resource === otherPaths && description.match(`/${pathParameters?.proxy ?? ""}`)) || unknown;
    }

    async function answer(
        event: GatewayEvent,
        { template, parameters }: MatchedPath,
        trace: Trace,
        tell: (operation: string) => void,
    ): Promise<Reply> {
        const { httpMethod: method } = event;
        if (template === pageResource && pages.size > 0) return page(event);
        const methods = description.methods(template);
        if (methods === undefined) throw new ProblemError("not-found", "GET /openapi.json lists all paths.");
        const allowed = ["OPTIONS", ...methods.keys()];
        if (method === "OPTIONS") return preflight(allowed);
        const operation = methods.get(method);
        if (operation === undefined) throw noMethod(allowed);
        tell(operation.operationId);
        const body = decodeBody(event);
        const path = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, decoded(value)]));
        const read = operation.read({ path, query: parseQuery(event), body });
        if ("faults" in read) throw faultyRequest(read.faults);
        const answer = answers[operation.operationId as keyof Answers] as Answer;
        return answer(read.request, trace, () => callerOf(event));
    }

    function page({ httpMethod, pathParameters }: GatewayEvent): Reply {
        if (httpMethod !== "GET") throw noMethod(["GET"]);
        const file = pages.get(decoded(pathParameters?.proxy ?? ""));
        if (file === undefined)
            throw new ProblemError("not-found", "The page has no such file: see app/storefront/index.html.");
        return file;
    }

    return async function route(event: GatewayEvent, trace: Trace): Promise<Routed> {
        const { requestId } = event.requestContext;
        const path = matchPath(event);
        const { template } = path;
        let operation = "";
        try {
            const reply = await answer(event, path, trace, (operationId) => {
                operation = operationId;
            });
            return { reply, operation, template };
        } catch (error) {
            const problem = error instanceof ProblemError ? error : ourFault(error, requestId, operation);
            const { status } = problems[problem.kind];
            const reply = jsonReply(toProblem(problem, requestId), notKept, status);
            const typed = { ...reply, type: "application/problem+json", headers: problem.headers };
            return { reply: typed, operation, template };
        }
    };

    function ourFault(error: unknown, requestId: string, operation: string): ProblemError {
        log({ failed: "answer a request", requestId, operation, error: error instanceof Error ? error.stack : "" });
        return new ProblemError("failure", "Try again. If the error remains, search the log for the request id.");
    }
}

function parseQuery(event: GatewayEvent): Record<string, string> {
    const twice = Object.entries(event.multiValueQueryStringParameters ?? {}).filter(
        ([, values]) => (values?.length ?? 0) > 1,
    );
    if (twice.length > 0) {
        throw faultyRequest(twice.map(([name]) => ({ in: `query ${name}`, message: "must occur only once" })));
    }
    return texts(event.queryStringParameters);
}

const noMethod = (allowed: readonly string[]) =>
    new ProblemError("method-not-allowed", `This path supports ${allowed.join(", ")}.`, {
        headers: { Allow: allowed.join(", ") },
    });
