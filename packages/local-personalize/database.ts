import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Opens (or creates) a SQLite file and its folder. A completed write survives kill -9. */
export function openDatabase(file: string, tables: string): DatabaseSync {
    mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file);
    // With NORMAL in WAL mode, nothing is lost if the process dies; only a power cut may lose the last commits.
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${tables}`);
    return database;
}

/** Runs `work` in a transaction of the database, or within the current transaction if there is one. */
export const transactionOn =
    (database: DatabaseSync) =>
    <Result>(work: () => Result): Result => {
        if (database.isTransaction) return work();
        database.exec("BEGIN IMMEDIATE");
        try {
            const result = work();
            database.exec("COMMIT");
            return result;
        } catch (error) {
            database.exec("ROLLBACK");
            throw error;
        }
    };
