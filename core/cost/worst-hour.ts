import type { StackConfig } from "../config/config.ts";
import { campaignUsdPerHour } from "../config/prices.ts";
import {
    campaignCeiling,
    eventsPath,
    listsPath,
    otherPaths,
    pagePath,
    proxyPath,
    type Throttle,
    throttles,
    toRates,
} from "../config/throttles.ts";
import { assumed, plus, times, type Usage, usageUsd } from "./usage.ts";

const secondsPerHour = 3600;
const kbPerGb = 1024 ** 2;

/**
 * Read units of a process that reads the stack's four items, every 10 seconds. A burst can start so many processes that
 * each request meets one that has not read the items for 10 seconds.
 */
const statusReads = 4 * 0.5;

/** Returns the usage of one request: milliseconds in the function (512 MiB), and kilobytes without compression. */
const request = (ms: number, kb: number, { reads = 0, ...more }: Partial<Usage> = {}): Partial<Usage> => ({
    ...{ apiRequests: 1, functionRequests: 1, traces: 1, gbSeconds: 0.5 * (ms / 1000), logGb: 1.2 / kbPerGb },
    ...{ transferGb: (kb + assumed.headersKb) / kbPerGb, reads: reads + statusReads, ...more },
});

/** Usage by the start of a process: two seconds, which Lambda bills. A burst starts at most a process for each request. */
const processStart: Partial<Usage> = { gbSeconds: 0.5 * 2 };

/** Kilobytes of the page's largest file, and of the longest other answer, `GET /openapi.json`. */
export const answerKb = { page: 90, other: 22 } as const;

/**
 * The dearest request of each kind. A list with a forged `since` reads the viewer twice. With many processes, each list
 * also writes twice: it reports the viewer, and reserves calls of the campaign for the process. An event that meets others of the same viewer is read and written three times, has the longest ids,
 * and a body that takes long to parse. A history is a consistent read.
 */
const kinds = {
    list: request(20, assumed.answerKb, { reads: 2, writes: 2 }),
    event: request(60, 1, { reads: 3, writes: 3.1, eventsGb: (10 * assumed.eventKb) / kbPerGb }),
    page: request(20, answerKb.page),
    other: request(20, answerKb.other, { reads: 1 }),
};
const kindOf: Readonly<Record<string, Partial<Usage>>> = {
    [listsPath]: kinds.list,
    [eventsPath]: kinds.event,
    [pagePath]: kinds.page,
    [proxyPath]: kinds.other,
    // The function answers any method of these settings, and no answer is longer.
    [otherPaths]: kinds.other,
};
/** Methods that share settings but not their rate: OPTIONS of three routes, and ANY of the route for all other paths. */
const methodsOf: Readonly<Record<string, number>> = { [otherPaths]: 4 };

/** Returns the usage of one request to a method; of the dearest kind for an unknown path. */
function requestTo(methodPath: string): Partial<Usage> {
    const priceOf = (kind: Partial<Usage>) => usageUsd(plus(kind));
    const dearest = () => Object.values(kinds).reduce((most, kind) => (priceOf(kind) > priceOf(most) ? kind : most));
    return kindOf[methodPath] ?? dearest();
}

/** DynamoDB writes of a campaign call: three to store the list, and one to count the call. */
const writesOfCall = 4;

/** What an experiment adds to an event: it reads the viewer's record, and writes the watch. */
const observed: Partial<Usage> = { reads: 1, writes: 1 };

/**
 * Returns the cost of the worst hour of a stack's API by service, in US dollars, in addition to the cost of the idle
 * stack: all requests that the throttles let pass, their bursts included, each the dearest of its kind. With
 * `viewerAuth`, viewers with and without a token have a limit of campaign calls each.
 */
export function worstHour(
    config: StackConfig,
    methods: readonly Throttle[] = throttles(toRates(config)),
): readonly { readonly what: string; readonly usd: number }[] {
    const { recipe, minProvisionedTPS, throttle, viewerAuth, observability, experiment } = config;
    const requests = methods.flatMap(({ methodPath, rate, burst }) => {
        const each = methodsOf[methodPath] ?? 1;
        const more = experiment !== undefined && methodPath === eventsPath ? observed : {};
        return [
            times(plus(requestTo(methodPath), more), each * (rate * secondsPerHour + burst)),
            times(plus(processStart), each * burst),
        ];
    });
    const calls = campaignCeiling(throttle, minProvisionedTPS) * (viewerAuth === undefined ? 1 : 2);
    const used = plus(...requests, { writes: calls * secondsPerHour * writesOfCall });
    const campaign =
        campaignUsdPerHour(recipe, Math.max(calls, minProvisionedTPS)) - campaignUsdPerHour(recipe, minProvisionedTPS);
    const usd = (...units: readonly (keyof Usage)[]) =>
        usageUsd(plus(Object.fromEntries(units.map((unit) => [unit, used[unit]]))));
    return [
        { what: "API Gateway: requests", usd: usd("apiRequests") },
        { what: "Lambda: requests, duration, starts of processes", usd: usd("functionRequests", "gbSeconds") },
        { what: "DynamoDB: reads and writes by all processes", usd: usd("reads", "writes") },
        { what: "Personalize: calls above `minProvisionedTPS`, events", usd: campaign + usd("eventsGb") },
        { what: "data transfer, without compression", usd: usd("transferGb") },
        { what: "logs", usd: usd("logGb") },
        { what: "X-Ray: traces", usd: observability.traces ? usd("traces") : 0 },
    ];
}

/** Returns the sum of the worst hour of a stack's API, in US dollars. */
export const worstHourUsd = (config: StackConfig): number => worstHour(config).reduce((sum, { usd }) => sum + usd, 0);

/** Returns the cost of an hour of downloads of the page's largest file from CloudFront at 1 Gbit/s, in US dollars. */
export function edgeHourUsd(): number {
    const kb = (secondsPerHour * 1e9) / 8 / 1024;
    return usageUsd(plus({ edgeRequests: kb / answerKb.page, edgeGb: kb / kbPerGb }));
}
