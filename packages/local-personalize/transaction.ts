import type { DatabaseSync } from "node:sqlite";

/** Runs a work on the database whole or not at all; one inside another is a part of it. */
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
