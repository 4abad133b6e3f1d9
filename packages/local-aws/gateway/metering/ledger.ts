import { type MeteredResource, openDatabase } from "local-personalize";
import type { Measure } from "./usage-types.ts";

/** A resource on the bill. The record is kept after the resource is deleted. */
type Billed = Pick<MeteredResource, "id" | "region" | "arn" | "tags">;

/** An amount of usage, in the unit in which its measure is counted. `start` is in epoch milliseconds. */
export interface Amount extends Billed {
    readonly measure: Measure;
    readonly start: number;
    readonly amount: number;
}

/** A period in which a campaign has one capacity: `[start, end)`, epoch milliseconds. */
export interface Period extends Billed {
    readonly measure: CampaignMeasure;
    readonly start: number;
    readonly end: number;
    /** The minimum TPS; 0 after the deletion of the campaign. */
    readonly tps: number;
}

/** The billed measure of an ACTIVE campaign: requests for v2 recipes, TPS-hours for all other recipes. */
export type CampaignMeasure = Extract<Measure, `Recommendation${string}`>;

const tables = `
CREATE TABLE IF NOT EXISTS billed (id INTEGER PRIMARY KEY, region TEXT NOT NULL, arn TEXT NOT NULL, tags TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS counts (
    start INTEGER NOT NULL, resource INTEGER NOT NULL REFERENCES billed (id), measure TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (start, resource, measure)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS capacity (
    campaign INTEGER NOT NULL REFERENCES billed (id), start INTEGER NOT NULL, tps INTEGER NOT NULL, measure TEXT NOT NULL,
    PRIMARY KEY (campaign, start)
) STRICT, WITHOUT ROWID;`;

/** Opens the ledger of counted usage and of campaigns' capacity in a SQLite file. */
export function openLedger(file: string) {
    const database = openDatabase(file, tables);
    // A checkpoint copies the log into the file with an fsync; at the default of 1,000 pages, calls wait for it.
    database.exec("PRAGMA wal_autocheckpoint = 16000;");
    const save = database.prepare(
        "INSERT INTO billed VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET tags = excluded.tags",
    );
    const add = database.prepare(
        "INSERT INTO counts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
    );
    const drop = database.prepare("DELETE FROM counts WHERE resource = ?");
    const provision = database.prepare(
        "INSERT OR REPLACE INTO capacity SELECT :campaign, :start, :tps, :measure WHERE NOT EXISTS (SELECT 1 FROM capacity WHERE campaign = :campaign AND start > :start)",
    );
    const end = database.prepare("DELETE FROM capacity WHERE campaign = ? AND start > ?");
    const counts = database.prepare("SELECT * FROM counts JOIN billed ON id = resource WHERE start >= ? AND start < ?");
    const periods = database.prepare(
        "SELECT *, lead(start, 1, ?1) OVER (PARTITION BY campaign ORDER BY start) AS end FROM capacity JOIN billed ON id = campaign WHERE start <= ?1",
    );
    // The emulator describes a resource with the same object until the resource or its tags change.
    const recorded = new WeakSet<Billed>();
    const record = (resource: Billed): void => {
        if (recorded.has(resource)) return;
        save.run(resource.id, resource.region, resource.arn, JSON.stringify(resource.tags));
        recorded.add(resource);
    };
    const read = (row: Record<string, unknown>) => ({ ...row, tags: JSON.parse(String(row.tags)) }) as unknown;

    /** Adds `amount`, a whole number, to the usage of a resource in the 5 minutes or so from `start`. */
    const addUsage = (resource: Billed, measure: Measure, start: number, amount: number): void => {
        record(resource);
        add.run(start, resource.id, measure, amount);
    };

    return {
        add: addUsage,
        /** Records the usage of a job. Replaces the usage of an earlier run of the job. */
        addJob(resource: Billed, measure: Measure, at: number, amount: number): void {
            drop.run(resource.id);
            addUsage(resource, measure, at, amount);
        },
        /**
         * Records a campaign's capacity from `start` on. Does nothing if a later capacity is already recorded, except
         * at the campaign's end, which is the capacity 0.
         */
        provision(campaign: Billed, start: number, tps: number, measure: CampaignMeasure): void {
            record(campaign);
            if (tps === 0) end.run(campaign.id, start);
            provision.run({ campaign: campaign.id, start, tps, measure });
        },
        /** Returns the usage that was counted in the hours that begin in `[from, to)`. */
        counts: ({ from, to }: { from: number; to: number }) => counts.all(from, to + 3_600_000).map(read) as Amount[],
        /** Returns the periods of all campaigns' capacity until `now`, oldest first for each campaign. */
        periods: (now: number) => periods.all(now).map(read) as Period[],
        close: () => database.close(),
    };
}
