import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import type { EmulatorRequest, LoggedRequest } from "../contract.ts";
import { toRecord } from "../wire/validate.ts";

const table = `
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL, operation TEXT NOT NULL, region TEXT NOT NULL, arn TEXT, name TEXT,
    outcome TEXT NOT NULL, answered INTEGER NOT NULL DEFAULT 0
) STRICT;`;

/** Checks whether the log records a call: a call of the control plane that is not Describe, List or Get. */
export const isLogged = ({ service, operation }: EmulatorRequest) =>
    service === "personalize" && !/^(Describe|List|Get)/.test(operation);

/**
 * Opens the log of calls that reached the control plane, with their outcome. No entry is ever deleted, because a call
 * takes only some 200 bytes.
 */
export function openRequestLog(database: DatabaseSync, clock: Clock) {
    database.exec(table);
    const insert = database.prepare(
        "INSERT INTO requests (at, operation, region, arn, name, outcome) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const setAnswered = database.prepare("UPDATE requests SET answered = 1 WHERE id = ?");
    const newer = database.prepare("SELECT * FROM requests WHERE id > ? ORDER BY id");
    return {
        /** Adds a call and returns its id. `outcome` is "accepted" or the error's code; `output` is the answer. */
        add({ operation, region, body }: EmulatorRequest, outcome: string, output?: object): number {
            const input = toRecord(body);
            const member = arnMember(operation);
            const arn = text(toRecord(output)[member]) ?? text(input[member]);
            const name = text(input.name) ?? text(input.jobName);
            return Number(insert.run(clock.now(), operation, region, arn, name, outcome).lastInsertRowid);
        },
        /** Records that the answer was sent. */
        answered: (id: number) => void setAnswered.run(id),
        /** Returns the calls that were logged after the call with this ID, oldest first. */
        after: (id: number): LoggedRequest[] => newer.all(id).map((row) => ({ ...row }) as unknown as LoggedRequest),
    };
}

/**
 * Returns the name of the input or output member that contains the ARN of an operation's resource: `campaignArn` for
 * UpdateCampaign.
 */
function arnMember(operation: string): string {
    const noun = operation.replace(/^(Create|Update|Delete|Start|Stop|Tag|Untag)/, "").replace(/Creation$/, "");
    return `${noun.charAt(0).toLowerCase()}${noun.slice(1)}Arn`;
}

const text = (value: unknown) => (typeof value === "string" ? value : null);
