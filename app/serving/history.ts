import type { HistoryAnswer } from "../api/names.ts";
import type { Context } from "./context.ts";
import { tableFailure } from "./failures.ts";
import { listedById } from "./item-answers.ts";
import { recentLength } from "./limits.ts";
import type { RecentItem } from "./ports.ts";
import { badQuery, ProblemError } from "./problem.ts";
import type { Trace } from "./request-line.ts";

export interface HistoryAsk {
    readonly userId: string;
    readonly limit: number;
    /** The token from an earlier answer; undefined for the newest items. */
    readonly nextToken: string | undefined;
}

/** An item of a history; `at` is epoch milliseconds. */
type Past = Pick<RecentItem, "itemId" | "at">;

const day = 86_400_000;

/**
 * Returns the items that a viewer watched, the newest first, each once. They are the newest items in DynamoDB and, for
 * viewers with a history in the fallback tables, the items of that history. If DynamoDB does not answer, the answer has
 * only the items from the fallback tables.
 *
 * @throws ProblemError for a `nextToken` that is not of an earlier answer.
 */
export function historian({ tables, table, tableResilience, log, limits }: Context) {
    async function fetchEvents(userId: string, trace: Trace): Promise<readonly Past[] | undefined> {
        const recent = await tableResilience
            .ask((signal) => table.recent(userId, signal))
            .catch(tableFailure(log, trace, "read a viewer's newest items"));
        return recent?.items.filter(({ watched = true }) => watched);
    }

    return async function history({ userId, limit, nextToken }: HistoryAsk, trace: Trace): Promise<HistoryAnswer> {
        const after = nextToken === undefined ? undefined : readToken(nextToken);
        trace.layer = "table";
        const [events, data] = [await fetchEvents(userId, trace), tables().history(userId)];
        const items = inOrder([...(events ?? []), ...(data ?? [])]).filter(({ itemId }) => tables().has(itemId));
        const rest = after === undefined ? items : items.filter((item) => byTime(after, item) < 0);
        const page = rest.slice(0, limit);
        const last = page.at(-1);
        return {
            from: [...(events ? (["events"] as const) : []), ...(data ? (["data"] as const) : [])],
            eventDays: limits.recent / day,
            mostEvents: recentLength,
            total: items.length,
            items: page.map(({ itemId, at }) => ({ ...listedById(tables(), itemId), at: new Date(at).toISOString() })),
            ...(last && rest.length > page.length && { nextToken: writeToken(last) }),
        };
    };
}

/** Compares two items: the newest first, and equal times by ID, so that pages have no gaps. */
const byTime = (one: Past, other: Past): number =>
    other.at - one.at || (one.itemId < other.itemId ? -1 : Number(one.itemId > other.itemId));

/** Returns each item once, with its newest viewing, in the order of `byTime`. */
function inOrder(items: readonly Past[]): readonly Past[] {
    const seenIds = new Set<string>();
    return items.toSorted(byTime).filter(({ itemId }) => seenIds.size < seenIds.add(itemId).size);
}

/**
 * Returns the token for the end of a page. It names the last item, because a position in the history would change when
 * newer items arrive.
 */
const writeToken = ({ itemId, at }: Past): string => Buffer.from(JSON.stringify([at, itemId])).toString("base64url");

function readToken(token: string): Past {
    try {
        const [at, itemId] = JSON.parse(Buffer.from(token, "base64url").toString());
        if (Number.isFinite(at) && typeof itemId === "string") return { itemId, at };
    } catch {
        // The nextToken is invalid: throw the error below.
    }
    throw badQuery("nextToken", "must be the nextToken of an earlier answer");
}

/**
 * Rejects a caller without the viewer's token or the API key, unless histories are public.
 *
 * @throws ProblemError that names config `viewerAuth` and `apiKey`, with which a caller can read a history
 */
export function checkHistory({ trusted }: { readonly trusted: boolean }, publicHistories: boolean): void {
    if (trusted || publicHistories) return;
    throw new ProblemError(
        "private-history",
        "A history needs its viewer's token (config `viewerAuth`) or the API key (config `apiKey`). " +
            "For public data only, config `publicHistories` true shows histories to all callers.",
    );
}
