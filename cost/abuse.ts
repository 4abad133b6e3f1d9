import { campaignUsdPerHour, hoursPerMonth, prices } from "../config/prices.ts";
import {
    campaignCeiling,
    eventsPath,
    historyPath,
    listsPath,
    otherPaths,
    pagePath,
    type Rates,
    throttles,
} from "../config/throttles.ts";
import { assumed, noUsage, plus, times, type Usage, usageUsd } from "./usage.ts";

/** The attacked stack. */
export interface AttackedStack {
    readonly rates: Rates;
    /** Undefined with AutoML. */
    readonly recipe: string | undefined;
    readonly minProvisionedTPS: number;
    /** Whether AWS WAF limits each address, by a rule that the program does not make. */
    readonly firewall: boolean;
}

export interface Attack {
    readonly what: string;
    readonly through: "API" | "CloudFront";
    /** Requests a second that the stranger sends, and that are answered. */
    readonly sent: number;
    readonly answered: number;
    /** US dollars an hour, in addition to the idle stack. */
    readonly usdPerHour: number;
}

const secondsPerHour = 3600;
const kbPerGb = 1024 ** 2;

/** Requests in five minutes that the described rule of AWS WAF allows each address. */
export const firewallLimit = 1000;
const firewallRate = firewallLimit / 300;

/**
 * The most expensive request of its kind. A stranger chooses the longest list, without compression. Kilobytes of
 * answers are estimates for 100 films. A forged `since` makes a list read the viewer's revision too. An event
 * writes one unit, and each thirtieth one counts its address.
 */
const worst = {
    listKb: assumed.answerKb,
    pageKb: 70,
    otherKb: assumed.answerKb,
    eventKb: 1,
    /** Milliseconds in the function with 512 MiB. */
    functionMs: 20,
    logKb: 1,
    list: { reads: 2, writes: 0 },
    /** A consistent read of the viewer's newest films. */
    history: { reads: 1, writes: 0 },
    event: { reads: 2, writes: 1.1, eventsGb: (10 * assumed.eventKb) / kbPerGb },
    /** A list from the campaign has three write units; the API's process counts viewers too. */
    campaignCall: { writes: 3.1 },
} as const;

/** A stranger's connection: 1 Gbit/s of downloads, or this number of small requests a second. */
export const stranger = { gbitPerSecond: 1, smallRequests: 5000 } as const;
const smallKb = 2;

/** Use in an hour of requests to the API. X-Ray samples one request a second and 5 % of the others. */
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

/** Attacks on a stack, and each one's price an hour until the cost guard acts. */
export function attacksOn(stack: AttackedStack): readonly Attack[] {
    const { rates, firewall } = stack;
    // No method of the API has the throttle of other paths.
    const found = throttles(rates).filter(({ methodPath }) => methodPath !== otherPaths);
    const rateOf = (is: (path: string) => boolean) =>
        found.reduce((sum, { methodPath, rate }) => sum + (is(methodPath) ? rate : 0), 0);
    const single = [listsPath, eventsPath, historyPath, pagePath];
    const isFilms = (path: string) => /^~1(similar|items|popular|trending)\b.*\/GET$/.test(path);
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
    const listUsage = (rate: number) => apiUsage(rate, worst.listKb, worst.list);
    const all = [
        [rateOf((path) => path === listsPath), listUsage],
        [rateOf((path) => path === eventsPath), (rate: number) => apiUsage(rate, worst.eventKb, worst.event)],
        [rateOf((path) => path === historyPath), (rate: number) => apiUsage(rate, worst.listKb, worst.history)],
        [rateOf(isFilms), (rate: number) => apiUsage(rate, worst.listKb)],
        [rateOf((path) => path === pagePath), (rate: number) => apiUsage(rate, worst.pageKb)],
        [rateOf((path) => !isFilms(path) && !single.includes(path)), (rate: number) => apiUsage(rate, worst.otherKb)],
    ] as const;
    const total = all.reduce((sum, [rate]) => sum + rate, 0);
    const together = (answered: number) => plus(...all.map(([rate, usage]) => usage((rate * answered) / total)));
    const names = [
        "lists of invented viewers",
        "events with the longest ids",
        "viewers' histories",
        "films",
        "the page's files",
        "other paths",
    ];
    return [
        ...all.map(([rate, usage], index) => api(names[index] ?? "", rate, usage, index === 0 ? ceiling : 0)),
        api("all of these at once", total, together, ceiling),
        ...(rates.storefront === "cloudfront" ? edgeAttacks(passed, inspected) : []),
    ];
}

/** Calls of the campaign above its minimum: price an hour, and their use of the table. */
function campaign({ recipe, minProvisionedTPS }: AttackedStack, perSecond: number) {
    const above = Math.max(perSecond, minProvisionedTPS);
    const usd = campaignUsdPerHour(recipe, above) - campaignUsdPerHour(recipe, minProvisionedTPS);
    return { usd, usage: plus({ writes: perSecond * secondsPerHour * worst.campaignCall.writes }) };
}

function edgeAttacks(passed: (rate: number) => number, inspected: (sent: number) => number): Attack[] {
    const of = (what: string, sent: number, kb: number): Attack => {
        const answered = passed(sent);
        const requests = answered * secondsPerHour;
        const usage = { ...noUsage, edgeRequests: requests, edgeGb: (requests * kb) / kbPerGb };
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

/** The highest price an hour through the API. */
export const worstThroughApi = (stack: AttackedStack): number =>
    Math.max(...attacksOn(stack).map(({ through, usdPerHour }) => (through === "API" ? usdPerHour : 0)));

/** Price of AWS WAF in a month with this number of requests a day, in US dollars. */
export const firewallUsdPerMonth = (requestsPerDay: number): number =>
    prices.firewallMonth.usd + (((requestsPerDay * hoursPerMonth) / 24) * prices.firewallRequests.usd) / 1e6;
