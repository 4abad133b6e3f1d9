import type { LoggedAccess } from "../../../packages/local-aws/gateway/enforcement/access-log.ts";
import type { Instance } from "../../../packages/local-aws/instance.ts";
import { readJson } from "../../support/json.ts";

/** Returns a reader of the local AWS's access log. Each call of `next` returns the entries since the last call. */
export function accessReader({ port }: Pick<Instance, "port">) {
    let last = 0;
    return {
        async next(): Promise<readonly LoggedAccess[]> {
            const response = await fetch(`http://127.0.0.1:${port}/_local/access?after=${last}`);
            const { accesses } = await readJson<{ accesses: LoggedAccess[] }>(response);
            last = accesses.at(-1)?.id ?? last;
            return accesses;
        },
    };
}

export interface Balance {
    /** Granted actions that were never used and that AWS does not require either. */
    readonly unneeded: readonly string[];
    /** Granted actions that were never used on the local AWS but that AWS requires. */
    readonly onAws: readonly string[];
}

/** Returns the granted actions that were not used. `neededOnAws` are those that AWS's documentation requires. */
export function balance(
    granted: readonly string[],
    used: ReadonlySet<string>,
    neededOnAws: readonly string[],
): Balance {
    const unused = [...new Set(granted)].filter((action) => !used.has(action)).sort();
    return {
        unneeded: unused.filter((action) => !neededOnAws.includes(action)),
        onAws: unused.filter((action) => neededOnAws.includes(action)),
    };
}
