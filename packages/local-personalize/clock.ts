import type { DatabaseSync } from "node:sqlite";

/** The time of the emulator: the machine's time, plus the advances that callers requested. It never goes back. */
export type Clock = ReturnType<typeof openClock>;

const table = "CREATE TABLE IF NOT EXISTS clock (ahead REAL NOT NULL) STRICT;";

/**
 * Returns the clock of a data folder. The folder's database stores how far the clock is ahead, so that the time does
 * not go back after a restart.
 */
export function openClock(database: DatabaseSync) {
    database.exec(table);
    const row = database.prepare("SELECT ahead FROM clock").get();
    let ahead = Number(row?.ahead ?? 0);
    if (!row) database.exec("INSERT INTO clock VALUES (0)");
    const keep = database.prepare("UPDATE clock SET ahead = ?");
    return {
        /** Returns the time in epoch milliseconds. */
        now: () => Date.now() + ahead,
        /** Returns how far this clock is ahead of the machine's clock, in milliseconds. */
        ahead: () => ahead,
        advance(milliseconds: number): void {
            ahead += Math.round(milliseconds);
            keep.run(ahead);
        },
    };
}
