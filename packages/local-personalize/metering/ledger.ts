import type { DatabaseSync } from "node:sqlite";
import type { Tag } from "../control/properties.ts";
import type { Measure } from "./usage-types.ts";

/** A resource that is metered. The record is kept after the resource is deleted. */
export interface Metered {
    /** ID of the resource, which is never reused. */
    readonly id: number;
    readonly region: string;
    readonly arn: string;
    /** Tags that the resource had when it was last recorded. */
    readonly tags: readonly Tag[];
}

/** An amount of usage, in the unit in which its measure is counted. `start` is in epoch milliseconds. */
export interface Amount extends Metered {
    readonly measure: Measure;
    readonly start: number;
    readonly amount: number;
}

/** A period in which a campaign has one capacity: `[start, end)`, epoch milliseconds. */
export interface Period extends Metered {
    readonly measure: CampaignMeasure;
    readonly start: number;
    readonly end: number;
    /** The minimum TPS; 0 after the deletion of the campaign. */
    readonly tps: number;
}

/** The billed measure of an ACTIVE campaign: requests for v2 recipes, TPS-hours for all other recipes. */
export type CampaignMeasure = Extract<Measure, `Recommendation${string}`>;

const tables = `
CREATE TABLE IF NOT EXISTS metered (id INTEGER PRIMARY KEY, region TEXT NOT NULL, arn TEXT NOT NULL, tags TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counts (
    start INTEGER NOT NULL, resource INTEGER NOT NULL REFERENCES metered (id), measure TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (start, resource, measure)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS capacity (
    campaign INTEGER NOT NULL REFERENCES metered (id), start INTEGER NOT NULL, tps INTEGER NOT NULL, measure TEXT NOT NULL,
    PRIMARY KEY (campaign, start)
) STRICT, WITHOUT ROWID;`;

/**
 * Opens the ledger of counted usage and of campaigns' capacity. It uses the database of the resources, so that one
 * transaction changes both.
 */
export function openLedger(database: DatabaseSync) {
    database.exec(tables);
    const know = database.prepare(
        "INSERT INTO metered (id, region, arn, tags) VALUES (?, ?, ?, coalesce(?, '[]')) ON CONFLICT (id) DO UPDATE SET tags = coalesce(?, tags)",
    );
    const add = database.prepare(
        "INSERT INTO counts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
    );
    const provision = database.prepare(
        "INSERT OR REPLACE INTO capacity SELECT :campaign, :start, :tps, :measure WHERE NOT EXISTS (SELECT 1 FROM capacity WHERE campaign = :campaign AND start > :start)",
    );
    const counts = database.prepare(
        "SELECT * FROM counts JOIN metered ON id = resource WHERE start >= ? AND start < ?",
    );
    const periods = database.prepare(
        "SELECT *, lead(start, 1, ?) OVER (PARTITION BY campaign ORDER BY start) AS end FROM capacity JOIN metered ON id = campaign",
    );
    const read = (row: Record<string, unknown>) => ({ ...row, tags: JSON.parse(String(row.tags)) }) as unknown;

    return {
        /** Adds a resource, or updates its tags; without `tags`, keeps the recorded ones. */
        know({ id, region, arn }: Omit<Metered, "tags">, tags?: readonly Tag[]): void {
            const text = tags ? JSON.stringify(tags) : null;
            know.run(id, region, arn, text, text);
        },
        /** Adds `amount`, a whole number, to the usage of a recorded resource in the 5 minutes or so from `start`. */
        add: (id: number, measure: Measure, start: number, amount: number) => void add.run(start, id, measure, amount),
        /** Records a campaign's capacity from `start` on. Does nothing if a later capacity is already recorded. */
        provision: (campaign: number, start: number, tps: number, measure: CampaignMeasure) =>
            void provision.run({ campaign, start, tps, measure }),
        /** Returns the usage that was counted in the hours that begin in `[from, to)`. */
        counts: ({ from, to }: { from: number; to: number }) => counts.all(from, to + 3_600_000).map(read) as Amount[],
        /** Returns the periods of all campaigns' capacity until `now`, oldest first for each campaign. */
        periods: (now: number) => periods.all(now).map(read) as Period[],
    };
}
