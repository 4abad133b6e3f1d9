import { join } from "node:path";
import { openDatabase } from "local-personalize";

/** A permission check whose result is logged: of a call, or of a service that assumes a role. */
export interface Access {
    /** The principal's ARN, the access key of an unknown principal, or "anonymous". */
    readonly principal: string;
    /** `service:Action`; for a call without an action name, the service, method and path. */
    readonly action: string;
    readonly resource: string;
    readonly decision: "allowed" | "denied" | "unnamed" | "refused";
    /** AWS's message, or the error code. */
    readonly reason?: string;
}

/** An entry of the log: equal accesses within a short time are one entry, with their number in `calls`. */
export interface LoggedAccess extends Access {
    readonly id: number;
    /** Time of the first access, epoch milliseconds. */
    readonly at: number;
    readonly calls: number;
}

const table = `
CREATE TABLE IF NOT EXISTS accesses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL, principal TEXT NOT NULL, action TEXT NOT NULL, resource TEXT NOT NULL,
    decision TEXT NOT NULL, reason TEXT, calls INTEGER NOT NULL
) STRICT;`;

const flushMilliseconds = 250;
/** The maximum number of entries, more than a day of work with one stack. The oldest are removed first. */
const kept = 200_000;

/** Records accesses in memory and then in SQLite, so that no call waits for the disk. */
export function openAccessLog(dataDir: string) {
    const database = openDatabase(join(dataDir, "access.sqlite"), table);
    database.exec("PRAGMA synchronous = OFF;");
    const insert = database.prepare(
        "INSERT INTO accesses (at, principal, action, resource, decision, reason, calls) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    const newer = database.prepare("SELECT * FROM accesses WHERE id > ? ORDER BY id");
    const forget = database.prepare("DELETE FROM accesses WHERE id <= (SELECT max(id) FROM accesses) - ?");
    let waiting = new Map<string, { access: Access; at: number; calls: number }>();
    let timer: NodeJS.Timeout | undefined;

    function flush(): void {
        clearTimeout(timer);
        timer = undefined;
        const entries = [...waiting.values()];
        waiting = new Map();
        if (entries.length === 0) {
            return;
        }
        database.exec("BEGIN");
        for (const { access, at, calls } of entries) {
            const { principal, action, resource, decision, reason } = access;
            insert.run(at, principal, action, resource, decision, reason ?? null, calls);
        }
        forget.run(kept);
        database.exec("COMMIT");
    }

    return {
        add(access: Access): void {
            const name = `${access.principal}\n${access.action}\n${access.resource}\n${access.decision}`;
            const entry = waiting.get(name);
            if (entry) {
                entry.calls++;
                return;
            }
            waiting.set(name, { access, at: Date.now(), calls: 1 });
            timer ??= setTimeout(flush, flushMilliseconds).unref();
        },
        /** Returns the entries after an id, oldest first, including entries in memory. */
        after(id: number): LoggedAccess[] {
            flush();
            return newer.all(id).map((row) => ({ ...row }) as unknown as LoggedAccess);
        },
        close(): void {
            flush();
            database.close();
        },
    };
}

export type AccessLog = ReturnType<typeof openAccessLog>;
