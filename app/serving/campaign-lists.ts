import type { ItemListReason } from "../api/names.ts";
import type { AllowedViewer, CampaignAllowance } from "./campaign-allowance.ts";
import type { CampaignWatch } from "./campaign-watch.ts";
import type { Context } from "./context.ts";
import { classifyFailure, errorName, isOfCampaign, NoAllowanceError, tableFailure, toListReason } from "./failures.ts";
import { type ListAsk, listKey } from "./freshness.ts";
import { itemsWithout } from "./item-scores.ts";
import { askedLength, listLength } from "./limits.ts";
import type { CampaignPort, KeptList } from "./ports.ts";
import { badQuery } from "./problem.ts";
import type { Trace } from "./request-line.ts";
import { type Resilience, withTimeout } from "./resilience.ts";

/** A requested list, and what the API knows about viewer and campaign at the time of the request. */
export interface ListWanted extends ListAsk, AllowedViewer {
    /** The viewer's revision. The list will include the events up to this revision. */
    readonly revision: number;
    readonly solutionVersion: string | undefined;
    /** IDs of items to leave out. */
    readonly without: ReadonlySet<string>;
}

export interface CampaignListParts extends Context {
    readonly campaign: Pick<CampaignPort, "ask">;
    /** Filter ARNs by name. */
    readonly filters: Readonly<Record<string, string>>;
    /** ARN of the filter for requests that name no filter; empty for none. */
    readonly watchedFilterArn: string;
    readonly watch: Pick<CampaignWatch, "missing">;
    /** Checks whether one more request for a viewer is allowed. */
    readonly allowed: CampaignAllowance;
    readonly campaignResilience: Resilience;
}

/**
 * Creates the source of lists from the campaign. One call serves all requests that wait for the same list. Stores each
 * list in memory and in DynamoDB.
 */
export function campaignLists(parts: CampaignListParts) {
    const { campaign, table, memory, watch, campaignResilience, tableResilience, clock, log, limits } = parts;
    const { filters, watchedFilterArn, allowed } = parts;
    /** Reason that the API gives while calls to the campaign are paused after failures. */
    let lastFailure: ItemListReason = "failed";
    const calls = new Map<string, { readonly revision: number; readonly list: Promise<KeptList> }>();

    async function call(wanted: ListWanted, key: string, ask: Resilience["ask"], trace: Trace): Promise<KeptList> {
        const { userId, filter, values, context, revision, solutionVersion, without } = wanted;
        if (!(await allowed(wanted))) throw new NoAllowanceError();
        // GetRecommendations accepts one filter, so a filter that the request names replaces the default filter.
        const arn = filter === undefined ? watchedFilterArn || undefined : (filters[filter] ?? "");
        const madeAt = clock();
        const filtered = arn !== undefined && { filter: { arn, values } };
        const askWith = (filter: typeof filtered) =>
            ask(async (signal) => {
                trace.campaignCalls += 1;
                return campaign.ask({ userId, numResults: askedLength, context, ...filter }, signal);
            });
        const order = await askWith(filtered)
            .catch((error: unknown) => {
                // Someone may have deleted the filter. A missing campaign causes the same error.
                if (filter !== undefined || arn === undefined || isOfCampaign(error)) throw error;
                trace.campaignFailures += 1;
                log({ failed: "ask the campaign with the filter of watched items", error: errorName(error) });
                return askWith(false);
            })
            .catch((error: unknown) => {
                const failure = classifyFailure(error);
                if (failure === "gone") watch.missing();
                if (failure !== "resting") {
                    trace.campaignFailures += 1;
                    lastFailure = toListReason(failure);
                }
                throw error;
            });
        const list: KeptList = {
            ...order,
            items: itemsWithout(order.items, without, listLength),
            key,
            madeAt,
            revision,
            from: "campaign",
            ...(solutionVersion !== undefined && { solutionVersion }),
        };
        memory.keep(userId, list);
        const expiresAt = Math.ceil((madeAt + limits.stale) / 1000);
        trace.background.push(
            tableResilience
                .later((signal) => table.putList(userId, list, expiresAt, signal))
                .catch(tableFailure(log, trace, "store a list in the table")),
        );
        return list;
    }

    /** Joins a running call to the campaign if its list includes at least as many of the viewer's events. */
    function shared(wanted: ListWanted, ask: Resilience["ask"], trace: Trace): Promise<KeptList> {
        const key = listKey(wanted);
        const flight = `${wanted.userId}\u0000${key}`;
        const underWay = calls.get(flight);
        if (underWay !== undefined && underWay.revision >= wanted.revision) {
            // Limit only how long this request waits for the running call, because a call in the background may take
            // longer.
            return withTimeout(limits.campaign, () => underWay.list);
        }
        const list = call(wanted, key, ask, trace).finally(() => {
            if (calls.get(flight)?.list === list) calls.delete(flight);
        });
        calls.set(flight, { revision: wanted.revision, list });
        return list;
    }

    return {
        /**
         * Returns a new list, or the reason why the campaign returned none.
         *
         * @throws ProblemError if Personalize refuses the values of the filter that the request names
         */
        async ask(wanted: ListWanted, trace: Trace): Promise<KeptList | ItemListReason> {
            try {
                return await shared(wanted, campaignResilience.ask, trace);
            } catch (error) {
                const failure = classifyFailure(error);
                if (failure === "refused" && wanted.filter !== undefined) throw refusedValues;
                if (failure === "failed" || failure === "refused")
                    log({ failed: "ask the campaign", error: errorName(error) });
                return failure === "resting" ? lastFailure : toListReason(failure);
            }
        },
        /** Requests a new list in the background, to replace the old list that the API just returned. */
        refresh(wanted: ListWanted, trace: Trace): void {
            const work = shared(wanted, campaignResilience.later, trace).catch((error: unknown) => {
                if (error instanceof NoAllowanceError) return;
                log({ failed: "refresh a list from the campaign", error: errorName(error) });
            });
            trace.background.push(work);
        },
    };
}

export type CampaignLists = ReturnType<typeof campaignLists>;

const refusedValues = badQuery(
    "filterValues",
    'was refused by Amazon Personalize: each placeholder of the filter needs a value, and a text needs inner quotes, such as {"GENRE":"\\"Drama\\""}',
);
