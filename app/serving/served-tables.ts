import { tablesSchemaVersion } from "../../data-prep/tables/document.ts";
import type { Context } from "./context.ts";
import { errorName } from "./failures.ts";
import type { TablesPort } from "./ports.ts";
import { withTimeout } from "./resilience.ts";
import { openTables, readTables, type Tables } from "./table-answers.ts";

/** The fallback tables from which a process answers. They belong to the solution version that the campaign serves. */
export interface ServedTables {
    /** Returns the tables in use, which contain no items until the first ones are loaded. */
    current(): Tables;
    /**
     * Loads the tables of a version, unless they are in use and were compared with the stored ones in the last minutes.
     * Never throws: after a failure the tables in use stay. Returns a function that switches to the loaded tables, so
     * that the caller can switch to the version at the same moment.
     *
     * @param solutionVersionArn undefined if no campaign has served yet: then the tables of the newest `pulumi up`.
     */
    follow(solutionVersionArn: string | undefined): Promise<() => void>;
}

export interface ServedTablesParts extends Pick<Context, "clock" | "log" | "limits"> {
    readonly stored: TablesPort;
    /**
     * Whether Personalize trains versions automatically. Such versions have no fallback tables of their own, and use
     * the newest ones.
     */
    readonly autoTraining: boolean;
    /** Counts a failure. */
    readonly failed: () => void;
}

const noItems = { ids: [], titles: [], years: [], genres: [], viewers: [] };
const noTables = openTables({
    schemaVersion: tablesSchemaVersion,
    hasCatalogue: false,
    interactions: { sha256: "", rows: 0, firstTimestamp: 0, lastTimestamp: 0 },
    films: noItems,
    genreSets: [],
    trending: { windowSeconds: 0, films: [] },
    similar: [],
});

const nameInArn = (arn: string) => arn.split("/").at(-1) ?? arn;
const stay = () => {};

export function servedTables({ stored, autoTraining, clock, log, limits, failed }: ServedTablesParts): ServedTables {
    let tables: Tables | undefined;
    /** The version and ETag of the tables in use. */
    let used: { readonly version: string; readonly etag: string } | undefined;
    /** The version of the last attempt to load tables, and its time. */
    let lastAttempt: { readonly version: string | undefined; readonly at: number } | undefined;

    /**
     * Loads the tables of a version, and returns a function that switches to them. Throws the errors of the store, and
     * TablesFormatError.
     */
    const load = (version: string) =>
        withTimeout(limits.tables, async (signal) => {
            const storedTables = await stored.read(version, used?.version === version ? used.etag : undefined, signal);
            if (storedTables === undefined) return stay;
            const loaded = readTables(storedTables.text);
            return () => {
                tables = loaded;
                used = { version, etag: storedTables.etag };
            };
        });
    const loadNewest = async () => load(await withTimeout(limits.tables, (signal) => stored.newest(signal)));
    const report = (version: string, error: unknown) => {
        failed();
        log({ failed: "load the tables of a solution version", version, error: errorName(error) });
        return stay;
    };

    return {
        current: () => tables ?? noTables,
        async follow(solutionVersionArn) {
            const version = solutionVersionArn && nameInArn(solutionVersionArn);
            if (version === undefined && used !== undefined) return stay;
            const again = used === undefined ? 0 : limits.tablesCompared;
            if (lastAttempt?.version === version && clock() - (lastAttempt?.at ?? 0) < again) return stay;
            lastAttempt = { version, at: clock() };
            try {
                if (version !== undefined) return await load(version);
            } catch (error) {
                if (!autoTraining) report(version ?? "", error);
                if (!autoTraining && used !== undefined) return stay;
            }
            return loadNewest().catch((error) => report("newest", error));
        },
    };
}
