import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
    answerPersonalize,
    answerTools,
    createFaults,
    credentialScope,
    type Emulator,
    type Faults,
    findOperation,
    parseJson,
    readBody,
} from "local-personalize";
import { localAccountId } from "../instance.ts";
import { adminEndpoints } from "./admin.ts";
import { type Answer, awsJson, jsonAnswer, sendAnswer } from "./answer.ts";
import { showsSpend, withSpend } from "./budgets/decide.ts";
import { answerClientError } from "./client-errors.ts";
import { toTrailEvents } from "./cloudtrail/events.ts";
import { isLookup, lookupEvents } from "./cloudtrail/lookup.ts";
import { MiniStackSilentError } from "./enforcement/directory.ts";
import type { Enforcement } from "./enforcement/enforce.ts";
import type { Bill } from "./metering/bill.ts";
import { answerCostExplorer, isCostExplorerCall } from "./metering/cost-explorer.ts";
import { monthSpend } from "./metering/spend.ts";
import type { MiniStackAddress } from "./ministack.ts";
import { answerSilence, type Passing, passThrough } from "./pass-through.ts";
import type { Simulator } from "./simulator.ts";
import { classify } from "./web-pages.ts";

interface GatewayOptions {
    readonly port: number;
    readonly miniStack: MiniStackAddress;
    readonly emulator: Emulator;
    readonly bill: Pick<Bill, "usage" | "now">;
    /** Verifies and authorizes each call. If undefined, every call from a program is allowed. */
    readonly enforcement?: Enforcement;
    /** IAM's policy simulator. */
    readonly simulator?: Simulator;
    /** Returns the response to `GET /_local/status?challenge=…`. */
    status(challenge: string): object;
    /** Returns how often the local AWS has evaluated alarms, sent its own metrics, and checked budgets. */
    rounds?(): object;
    log(message: string): void;
}

/**
 * Starts the server of the local AWS. Answers calls that MiniStack does not support, and forwards all others unchanged.
 * @throws Error with code EADDRINUSE if the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Server> {
    const faults = createFaults();
    const server = createServer((request, response) => {
        route(options, faults, request, response).catch((error: Error) => {
            if (error instanceof MiniStackSilentError) {
                answerSilence(response, error);
                return;
            }
            options.log(`${request.method} ${request.url}: ${error.stack ?? error.message}`);
            if (!response.headersSent) {
                const message = `The local AWS failed: ${error.message}. Its log: npm run local -- logs`;
                sendAnswer(response, jsonAnswer(500, { __type: "InternalFailure", message }, awsJson));
            } else {
                response.destroy();
            }
        });
    });
    server.on("clientError", answerClientError);
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(options.port, "127.0.0.1", resolve);
    });
    return server;
}

/** A request that may reach its service. */
interface Routed {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly url: URL;
    readonly passing: Passing;
}

async function route(
    options: GatewayOptions,
    faults: Faults,
    request: IncomingMessage,
    response: ServerResponse,
): Promise<void> {
    const plane = classify(request);
    if (typeof plane === "object") {
        refuse(request, response, plane);
        return;
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    if (plane === "tools") {
        const tools = { ...options, faults, elsewhere: options.enforcement !== undefined };
        await answerTools(adminEndpoints, tools, request, url, response);
        return;
    }
    const { enforcement } = options;
    const isPublic = plane === "public";
    const admission = await enforcement?.admit(request, faults, isPublic);
    if (admission && !admission.admitted) {
        refuse(request, response, admission.answer);
        return;
    }
    const receivedBody = admission?.body;
    const passing: Passing = {
        ...(admission?.guard && { guard: admission.guard }),
        ...(receivedBody && { body: receivedBody }),
        judged: admission?.judged ?? false,
        isPublic,
        ...(isPublic &&
            isPageStatus(request.method, url.pathname) && {
                rewrite: (answer: Buffer) => withLocalFigures(options, answer),
            }),
        ...(admission?.changesAccess && enforcement && { answered: enforcement.forget }),
    };
    if (isPublic) {
        passThrough(options.miniStack, request, response, passing);
        return;
    }
    await answerService(options, faults, { request, response, url, passing });
}

/**
 * Answers the calls that MiniStack does not support, and forwards all others. Reads the name of the called service from
 * the request's signature.
 */
async function answerService(
    options: GatewayOptions,
    faults: Faults,
    { request, response, url, passing }: Routed,
): Promise<void> {
    const { body: receivedBody } = passing;
    const json = async () => parseJson(receivedBody ?? (await readBody(request)));
    const scope = credentialScope(request, url);
    const target = request.headers["x-amz-target"]?.toString();
    const operation =
        scope?.service === "personalize" ? findOperation(request.method ?? "", url.pathname, target) : undefined;
    if (operation) {
        const call = { ...operation, region: scope?.region ?? "us-east-1", body: await json() };
        await answerPersonalize(options.emulator, faults, call, response);
        return;
    }
    if (scope?.service === "ce" && isCostExplorerCall(target)) {
        sendAnswer(response, answerCostExplorer(options.bill, await json()));
        return;
    }
    if (scope?.service === "budgets" && showsSpend(target)) {
        const rewrite = (answer: Buffer) => withSpend(options.bill, answer);
        passThrough(options.miniStack, request, response, { ...passing, rewrite });
        return;
    }
    if (scope?.service === "cloudtrail" && isLookup(target)) {
        const events = toTrailEvents(options.emulator.requests(0), options.enforcement?.log.after(0) ?? []);
        const where = { region: scope.region, accountId: localAccountId };
        sendAnswer(response, jsonAnswer(200, lookupEvents(events, await json(), where), awsJson));
        return;
    }
    if (scope?.service === "iam" && options.simulator) {
        const body = receivedBody ?? (await readBody(request));
        const answer = await options.simulator(body);
        if (answer) sendAnswer(response, answer);
        else passThrough(options.miniStack, request, response, { ...passing, body });
        return;
    }
    passThrough(options.miniStack, request, response, passing);
}

/** Sends a response without reading the rest of the request. */
function refuse(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const unread = !request.complete;
    response.writeHead(answer.status, { ...answer.headers, ...(unread && { connection: "close" }) });
    response.end(request.method === "HEAD" ? undefined : answer.body);
}

/** Checks whether a call to a public endpoint is the GET /health with which the storefront reads its status. */
const isPageStatus = (method: string | undefined, path: string) => method === "GET" && path.endsWith("/health");

/** The members of a response to GET /health that this file reads. */
interface Health {
    readonly campaign?: { readonly solutionVersionArn?: string };
    readonly cost?: { readonly spend?: object };
}

/**
 * Adds the served version's quality to the API's response to GET /health. If the cost guard has not run yet, also adds
 * the metered cost of the local Personalize. Does not change a response without `campaign` and `cost`, such as the
 * response to a caller without permission.
 */
async function withLocalFigures(
    { emulator, bill }: Pick<GatewayOptions, "emulator" | "bill">,
    answer: Buffer,
): Promise<Buffer> {
    const health = parseHealth(answer);
    if (health === undefined) return answer;
    const { campaign, cost, ...rest } = health;
    if (campaign?.solutionVersionArn === undefined || cost === undefined) return answer;
    const ndcgAt10 = await fetchNdcg(emulator, campaign.solutionVersionArn);
    const spend = cost.spend ?? computeSpend(bill);
    return Buffer.from(JSON.stringify({ ...rest, campaign: { ...campaign, ndcgAt10 }, cost: { ...cost, spend } }));
}

/** Parses the response; undefined if another program than this API sent it. */
function parseHealth(answer: Buffer): Health | undefined {
    try {
        const parsed: unknown = JSON.parse(answer.toString());
        return typeof parsed === "object" && parsed !== null ? parsed : undefined;
    } catch {
        return undefined;
    }
}

async function fetchNdcg(emulator: Pick<Emulator, "handle">, solutionVersionArn: string): Promise<number | undefined> {
    const [, , , region = ""] = solutionVersionArn.split(":");
    const body = { solutionVersionArn };
    const response = await emulator.handle({ service: "personalize", operation: "GetSolutionMetrics", region, body });
    const { metrics = {} } = JSON.parse(response.body) as { readonly metrics?: Readonly<Record<string, number>> };
    return metrics.normalized_discounted_cumulative_gain_at_10;
}

/** Returns the metered cost of all stacks on this local AWS, with the members that the cost guard records. */
function computeSpend(bill: GatewayOptions["bill"]) {
    const countedAt = new Date(bill.now()).toISOString();
    const { actual } = monthSpend(bill, () => true);
    return { month: countedAt.slice(0, "2026-11".length), usd: actual, countedAt };
}
