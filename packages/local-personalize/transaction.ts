import type { DatabaseSync } from "node:sqlite";

/** Runs `work` on the database completely or not at all; inside another transaction, as a part of it. */
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
