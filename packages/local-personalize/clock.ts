import type { DatabaseSync } from "node:sqlite";

/** The time of the emulator: the machine's, plus the advances that callers asked for. It never goes back. */
export interface Clock {
    /** Epoch milliseconds. */
    now(): number;
    /** Lead over the machine's clock, in milliseconds. */
    ahead(): number;
    advance(milliseconds: number): void;
}

const table = "CREATE TABLE IF NOT EXISTS clock (ahead REAL NOT NULL) STRICT;";

/** The clock of a folder. The folder's database stores the lead, so a restart does not go back. */
export function openClock(database: DatabaseSync): Clock {
    database.exec(table);
    const row = database.prepare("SELECT ahead FROM clock").get();
    let ahead = Number(row?.ahead ?? 0);
    if (!row) database.exec("INSERT INTO clock VALUES (0)");
    const keep = database.prepare("UPDATE clock SET ahead = ?");
    return {
        now: () => Date.now() + ahead,
        ahead: () => ahead,
        advance(milliseconds) {
            ahead += Math.round(milliseconds);
            keep.run(ahead);
        },
    };
}
