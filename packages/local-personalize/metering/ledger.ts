import type { DatabaseSync } from "node:sqlite";
import type { Tag } from "../control/properties.ts";
import type { Measure } from "./usage-types.ts";
import { billed, hourMilliseconds, hourStart, type Window, windowEnd } from "./windows.ts";

/** A resource that is metered. The record is kept after the resource is deleted. */
export interface Metered {
    /** ID of the resource, which is never reused. */
    readonly id: number;
    readonly region: string;
    readonly arn: string;
    /** Tags that the resource had when it was last recorded. */
    readonly tags: readonly Tag[];
}

/** One measure of a resource's usage within an hour; `amount` is in the unit in which the measure is counted. */
export interface Entry extends Metered {
    readonly measure: Measure;
    /** Start of the hour, epoch milliseconds. */
    readonly hour: number;
    readonly amount: number;
}

const tables = `
CREATE TABLE IF NOT EXISTS metered (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, arn TEXT NOT NULL, tags TEXT NOT NULL, until INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS usage (
    hour INTEGER NOT NULL, resource INTEGER NOT NULL REFERENCES metered (id), measure TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (hour, resource, measure)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS windows (
    campaign INTEGER NOT NULL REFERENCES metered (id), measure TEXT NOT NULL, start INTEGER NOT NULL,
    minimum INTEGER NOT NULL, requests INTEGER NOT NULL,
    PRIMARY KEY (campaign, measure, start)
) STRICT, WITHOUT ROWID;`;

/**
 * Opens the ledger of usage by resource, measure and hour. It uses the database of the resources, so that one
 * transaction changes both.
 */
export function openLedger(database: DatabaseSync) {
    database.exec(tables);
    const know = database.prepare(
        "INSERT INTO metered (id, region, arn, tags) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET tags = excluded.tags",
    );
    const knowGone = database.prepare(
        "INSERT INTO metered (id, region, arn, tags) VALUES (?, ?, ?, '[]') ON CONFLICT DO NOTHING",
    );
    const add = database.prepare(
        "INSERT INTO usage (hour, resource, measure, amount) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
    );
    // MAX(…) is the billed amount of a window, as in `billed` of windows.ts.
    const between = database.prepare(`
        SELECT id, region, arn, tags, measure, hour, SUM(amount) AS amount FROM (
            SELECT hour, resource, measure, amount FROM usage
            UNION ALL
            SELECT start - start % ${hourMilliseconds}, campaign, measure, MAX(minimum, requests * 1000) FROM windows
        ) JOIN metered ON id = resource WHERE hour >= ? AND hour < ?
        GROUP BY hour, id, measure ORDER BY hour, id, measure`);
    const until = database.prepare("SELECT until FROM metered WHERE id = ?");
    const setUntil = database.prepare("UPDATE metered SET until = ? WHERE id = ?");
    const addWindow = database.prepare(
        "INSERT INTO windows VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET minimum = minimum + excluded.minimum, requests = requests + excluded.requests",
    );
    const windows = database.prepare("SELECT campaign, measure, start, minimum, requests FROM windows");
    const dropWindow = database.prepare("DELETE FROM windows WHERE campaign = ? AND measure = ? AND start = ?");

    return {
        /** Adds a resource, or updates its tags. */
        know: ({ id, region, arn, tags }: Metered) => void know.run(id, region, arn, JSON.stringify(tags)),
        /** Adds a resource that no longer exists, without tags; if it is already recorded, keeps its tags. */
        knowGone: ({ id, region, arn }: Omit<Metered, "tags">) => void knowGone.run(id, region, arn),
        /** Adds `amount`, a whole number, to the usage of a recorded resource in the hour of `time`. */
        add: (id: number, measure: Measure, time: number, amount: number) =>
            void add.run(hourStart(time), id, measure, amount),
        /** Returns usage in the hours that begin in `[from, to)`. */
        between: (from: number, to: number): Entry[] =>
            between.all(from, to).map((row) => ({ ...row, tags: JSON.parse(String(row.tags)) }) as unknown as Entry),
        /** Returns the time up to which a campaign's usage is recorded; 0 for an unknown campaign. */
        until: (id: number): number => Number(until.get(id)?.until ?? 0),
        settledUntil: (id: number, time: number) => void setUntil.run(time, id),
        addWindow: (id: number, { measure, start, minimum, requests }: Window) =>
            void addWindow.run(id, measure, start, minimum, requests),
        /**
         * Deletes the windows that ended at or before `time`, and adds their billed amounts to the usage of their
         * hours.
         */
        closeWindows(time: number): void {
            for (const row of windows.all()) {
                const window = { ...row } as unknown as Window & { campaign: number };
                if (windowEnd(window) > time) continue;
                add.run(hourStart(window.start), window.campaign, window.measure, billed(window));
                dropWindow.run(window.campaign, window.measure, window.start);
            }
        },
    };
}
