import type { DatabaseSync } from "node:sqlite";

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
