import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** One notification to one subscriber. */
export interface Told {
    readonly budget: string;
    /** The month, as 2026-11. */
    readonly period: string;
    readonly notice: string;
    readonly subscriber: string;
}

const table = `
CREATE TABLE IF NOT EXISTS told (
    budget TEXT NOT NULL, period TEXT NOT NULL, notice TEXT NOT NULL, subscriber TEXT NOT NULL,
    PRIMARY KEY (budget, period, notice, subscriber)
) STRICT, WITHOUT ROWID;`;

/** The sent notifications of budgets, in `dataDir`; the record survives kill -9. */
export function openTold(dataDir: string) {
    const database = new DatabaseSync(join(dataDir, "budgets.sqlite"));
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec(table);
    const has = database.prepare(
        "SELECT 1 FROM told WHERE budget = ? AND period = ? AND notice = ? AND subscriber = ?",
    );
    const add = database.prepare("INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?)");
    const keepOnly = database.prepare("DELETE FROM told WHERE budget NOT IN (SELECT value FROM json_each(?))");
    return {
        has: ({ budget, period, notice, subscriber }: Told) =>
            has.get(budget, period, notice, subscriber) !== undefined,
        add: ({ budget, period, notice, subscriber }: Told) => void add.run(budget, period, notice, subscriber),
        /** Removes budgets that no longer exist: a new one of the same name notifies again. */
        keepOnly: (budgets: readonly string[]) => void keepOnly.run(JSON.stringify(budgets)),
        close: () => database.close(),
    };
}
