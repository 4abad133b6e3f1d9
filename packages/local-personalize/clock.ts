import type { DatabaseSync } from "node:sqlite";

/** The time of the emulator: the machine's, moved on by as much as somebody asked for. It never goes back by that. */
export interface Clock {
    /** Epoch milliseconds. */
    now(): number;
    /** How far it is ahead of the machine's, in milliseconds. */
    ahead(): number;
    advance(milliseconds: number): void;
}

const table = "CREATE TABLE IF NOT EXISTS clock (ahead REAL NOT NULL) STRICT;";

/** The clock of a folder: how far it is ahead is kept in the folder's database, so a restart does not go back. */
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
