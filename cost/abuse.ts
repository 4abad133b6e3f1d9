import { campaignUsdPerHour, hoursPerMonth, prices } from "../config/prices.ts";
import {
    campaignCeiling,
    eventsPath,
    listsPath,
    otherPaths,
    pagePath,
    proxyPath,
    type Rates,
    throttles,
} from "../config/throttles.ts";
import { assumed, plus, times, type Usage, usageUsd } from "./usage.ts";

/** The properties of a stack that determine what an attack on its API costs. */
export interface AttackedStack {
    readonly rates: Rates;
    /** Recipe name; undefined with AutoML. */
    readonly recipe: string | undefined;
    readonly minProvisionedTPS: number;
    /** Whether an AWS WAF rule, which this program does not create, limits the requests of each IP address. */
    readonly firewall: boolean;
}

export interface Attack {
    readonly what: string;
    readonly through: "API" | "CloudFront";
    /** Requests per second that the attacker sends, and that the API answers. */
    readonly sent: number;
    readonly answered: number;
    /** Cost of the attack in US dollars per hour, in addition to the cost of the idle stack. */
    readonly usdPerHour: number;
}

const secondsPerHour = 3600;
const kbPerGb = 1024 ** 2;

/** Requests in five minutes that the AWS WAF rule of docs/attacks.md allows for each IP address. */
export const firewallLimit = 1000;
const firewallRate = firewallLimit / 300;

/**
 * The most expensive request of each kind. An attacker requests the longest list, without compression. Kilobytes of
 * responses are estimates for 100 films. A forged `since` causes one more read of the viewer's revision. An event
 * writes one unit, and every thirtieth event also updates the counter of its IP address.
 */
const worst = {
    listKb: assumed.answerKb,
    pageKb: 70,
    eventKb: 1,
    /** Milliseconds that the Lambda function runs, with 512 MiB. */
    functionMs: 20,
    logKb: 1,
    list: { reads: 2, writes: 0 },
    /** DynamoDB units of a request for a history, the most expensive other path: a consistent read. */
    other: { reads: 1, writes: 0 },
    event: { reads: 2, writes: 1.1, eventsGb: (10 * assumed.eventKb) / kbPerGb },
    /**
     * Units for a list from the campaign: three to store the list, and a small share for the traffic counts of the
     * API's process.
     */
    campaignCall: { writes: 3.1 },
} as const;

/** Number of methods without a throttle of their own: OPTIONS of three routes, and ANY of `/{proxy+}`. */
const otherMethods = 4;

/** The assumed capacity of an attacker: 1 Gbit/s of downloads, or this number of small requests per second. */
const stranger = { gbitPerSecond: 1, smallRequests: 5000 } as const;
const smallKb = 2;

/**
 * Returns the usage that AWS bills for the services in one hour, for this number of requests to the API per second.
 * X-Ray samples one request per second and 5 % of the others.
 */
function apiUsage(perSecond: number, kb: number, more: Partial<Usage> = {}): Usage {
    const requests = perSecond * secondsPerHour;
    return plus(
        {
            apiRequests: requests,
            functionRequests: requests,
            gbSeconds: requests * 0.5 * (worst.functionMs / 1000),
            logGb: (requests * worst.logKb) / kbPerGb,
            traces: secondsPerHour * (Math.min(1, perSecond) + assumed.tracedShare * Math.max(0, perSecond - 1)),
            transferGb: (requests * kb) / kbPerGb,
        },
        times(plus(more), requests),
    );
}

/**
 * Returns the possible attacks on a stack, each with its price per hour until the cost guard closes the API and the
 * page.
 */
export function attacksOn(stack: AttackedStack): readonly Attack[] {
    const { rates, firewall } = stack;
    const rateOf = (path: string) => throttles(rates).find(({ methodPath }) => methodPath === path)?.rate ?? 0;
    const passed = (rate: number) => (firewall ? Math.min(rate, firewallRate) : rate);
    const inspected = (sent: number) => (firewall ? (sent * secondsPerHour * prices.firewallRequests.usd) / 1e6 : 0);
    const api = (what: string, sent: number, usage: (answered: number) => Usage, campaignCalls = 0): Attack => {
        const answered = passed(sent);
        const scaled = campaign(stack, Math.min(campaignCalls, answered));
        return {
            what,
            through: "API",
            sent,
            answered,
            usdPerHour: usageUsd(plus(usage(answered), scaled.usage)) + scaled.usd + inspected(sent),
        };
    };
    const ceiling = campaignCeiling(rates, stack.minProvisionedTPS);
    const requestsTo = (what: string, rate: number, kb: number, more: Partial<Usage> = {}) => ({
        what,
        rate,
        usage: (rate: number) => apiUsage(rate, kb, more),
    });
    const all = [
        requestsTo("lists of invented viewers", rateOf(listsPath), worst.listKb, worst.list),
        requestsTo("events with the longest ids", rateOf(eventsPath), worst.eventKb, worst.event),
        requestsTo("requests to other paths", rateOf(proxyPath), worst.listKb, worst.other),
        requestsTo("the page's files", rateOf(pagePath), worst.pageKb),
        requestsTo("preflight requests and wrong methods", otherMethods * rateOf(otherPaths), worst.eventKb),
    ];
    const total = all.reduce((sum, { rate }) => sum + rate, 0);
    const together = (answered: number) => plus(...all.map(({ rate, usage }) => usage((rate * answered) / total)));
    return [
        ...all.map(({ what, rate, usage }, index) => api(what, rate, usage, index === 0 ? ceiling : 0)),
        api("all of these at once", total, together, ceiling),
        ...(rates.storefront === "cloudfront" ? edgeAttacks(passed, inspected) : []),
    ];
}

/**
 * Returns the price per hour of an attack that causes campaign calls: the calls above the minimum TPS, and the DynamoDB
 * writes of all calls.
 */
function campaign({ recipe, minProvisionedTPS }: AttackedStack, perSecond: number) {
    const above = Math.max(perSecond, minProvisionedTPS);
    const usd = campaignUsdPerHour(recipe, above) - campaignUsdPerHour(recipe, minProvisionedTPS);
    return { usd, usage: plus({ writes: perSecond * secondsPerHour * worst.campaignCall.writes }) };
}

function edgeAttacks(passed: (rate: number) => number, inspected: (sent: number) => number): Attack[] {
    const of = (what: string, sent: number, kb: number): Attack => {
        const answered = passed(sent);
        const requests = answered * secondsPerHour;
        const usage = plus({ edgeRequests: requests, edgeGb: (requests * kb) / kbPerGb });
        return { what, through: "CloudFront", sent, answered, usdPerHour: usageUsd(usage) + inspected(sent) };
    };
    const downloads = (stranger.gbitPerSecond * 1e9) / 8 / 1024 / worst.pageKb;
    return [
        of(`downloads of the page at ${stranger.gbitPerSecond} Gbit/s`, downloads, worst.pageKb),
        of(
            `${stranger.smallRequests.toLocaleString("en-US")} small requests a second, each to another path`,
            ...([stranger.smallRequests, smallKb] as const),
        ),
    ];
}

/** Returns the highest price per hour of an attack through the API. */
export const worstThroughApi = (stack: AttackedStack): number =>
    Math.max(...attacksOn(stack).map(({ through, usdPerHour }) => (through === "API" ? usdPerHour : 0)));

/** Returns the price of AWS WAF per month for this number of requests per day, in US dollars. */
export const firewallUsdPerMonth = (requestsPerDay: number): number =>
    prices.firewallMonth.usd + (((requestsPerDay * hoursPerMonth) / 24) * prices.firewallRequests.usd) / 1e6;
