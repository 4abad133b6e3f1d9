import { bad, type ToolEndpoints, type Tools, toolEndpoints } from "local-personalize";
import { statusPath } from "../instance.ts";
import type { AccessLog } from "./enforcement/access-log.ts";

/** What the endpoints below /_local read and change, with those of the local AWS itself. */
export interface Admin extends Tools {
    /** The enforcement of IAM with its access log; undefined if the local AWS does not enforce IAM. */
    readonly enforcement?: { readonly log: AccessLog };
    /** Returns the response to `GET /_local/status?challenge=…`. */
    status(challenge: string): object;
    /**
     * Returns how often the local AWS has evaluated alarms, sent its own metrics, and checked budgets, for
     * `GET /_local/rounds`.
     */
    rounds?(): object;
}

/** The endpoints below /_local of the local AWS. */
export const adminEndpoints: ToolEndpoints<Admin> = {
    ...toolEndpoints,
    [statusPath]: { GET: ({ status }, _, url) => [200, status(url.searchParams.get("challenge") ?? "")] },
    "/_local/rounds": { GET: ({ rounds }) => [200, rounds?.() ?? {}] },
    "/_local/access": {
        GET({ enforcement }, _, url) {
            const after = Number(url.searchParams.get("after") ?? 0);
            if (!Number.isSafeInteger(after)) return bad("after must be the id of an access, such as 12.");
            if (!enforcement) return [409, { message: "Calls are not checked: the local AWS runs with --no-enforce." }];
            return [200, { accesses: enforcement.log.after(after) }];
        },
    },
};
