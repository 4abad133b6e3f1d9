import type { CountedAddress } from "./addresses.ts";
import type { Context } from "./context.ts";
import type { Experiment } from "./experiment.ts";
import { tableFailure } from "./failures.ts";
import type { ListAsk } from "./freshness.ts";
import type { KeptList } from "./ports.ts";
import type { Trace } from "./request-line.ts";
import type { ListRules } from "./selection.ts";
import type { Viewer } from "./viewers.ts";

/** A request for a viewer's list. Its rules apply to the answer; stored lists keep the items that the rules leave out. */
export interface Ask extends ListAsk, Omit<ListRules, "watched"> {
    readonly userId: string;
    /** The revision from the answer to the viewer's last event; 0 if the request has none. */
    readonly since: number;
    /** The lists that the viewer gets as a member of an experiment's control group; undefined for other viewers. */
    readonly control?: Experiment["control"] | undefined;
    /** Whether the request has the viewer's valid token or the API key. */
    readonly proven: boolean;
    /** The caller's addresses, for which the campaign calls of unproven viewers count. */
    readonly addresses: readonly CountedAddress[];
}

/** Creates the function that reads a viewer and the list with a key. It never throws. */
export function viewerReader({ table, tableResilience, memory, clock, log }: Context) {
    /**
     * Reads the viewer from DynamoDB, or from memory while DynamoDB does not answer. The first read is eventually
     * consistent and may miss the newest event. If the request's `since` is greater than the revision that the first
     * read returned, a consistent read follows. If `since` is greater than the stored revision too, it has no further
     * effect, because otherwise anybody could cause a campaign call with each request by sending a greater `since` each
     * time.
     */
    return async function readViewer({ userId, since }: Ask, key: string, trace: Trace): Promise<Viewer> {
        try {
            const at = clock();
            const storedViewer = await tableResilience.ask((signal) => table.viewer(userId, key, signal));
            const viewer = memory.read(userId, storedViewer, at);
            if (since <= viewer.revision) return viewer;
            const recent = await tableResilience.ask((signal) => table.recent(userId, signal));
            return memory.read(userId, { ...storedViewer, recent }, at);
        } catch (error) {
            tableFailure(log, trace, "read a viewer from the table")(error);
            const cachedViewer = memory.find(userId);
            // If DynamoDB cannot be read, the viewer's newest event may be known only from the request's parameter
            // `since`.
            return { ...cachedViewer, revision: Math.max(cachedViewer.revision, since) };
        }
    };
}

/** Checks whether a request may use what the process knows about the viewer, without a read of DynamoDB. */
export const isTrusted = (
    { readAt, revision }: Viewer,
    { since }: Pick<Ask, "since">,
    { clock, limits }: Pick<Context, "clock" | "limits">,
): boolean => clock() - readAt < limits.trusted && since <= revision;

/** Returns the viewer's list with this key. */
export const listWith = ({ lists }: Viewer, key: string): KeptList | undefined =>
    lists.find((list) => list.key === key);
