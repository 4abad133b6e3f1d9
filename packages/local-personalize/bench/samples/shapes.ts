import { setTimeout as sleep } from "node:timers/promises";

export const roleArn = "arn:aws:iam::000000000000:role/PersonalizeLab";

const fields: Record<string, readonly object[]> = {
    INTERACTIONS: [
        { name: "USER_ID", type: "string" },
        { name: "ITEM_ID", type: "string" },
        { name: "TIMESTAMP", type: "long" },
    ],
    ITEMS: [
        { name: "ITEM_ID", type: "string" },
        { name: "GENRES", type: "string", categorical: true },
        { name: "CREATION_TIMESTAMP", type: "long" },
    ],
    USERS: [
        { name: "USER_ID", type: "string" },
        { name: "GENDER", type: "string", categorical: true },
    ],
};

/**
 * Returns the schema of the samples for a dataset type. If `typed`, the schema has event types, which domains require.
 */
export function datasetSchema(type: string, typed = false): string {
    const columns = [...(fields[type] ?? []), ...(typed ? [{ name: "EVENT_TYPE", type: "string" }] : [])];
    const name = type.charAt(0) + type.slice(1).toLowerCase();
    const namespace = "com.amazonaws.personalize.schema";
    return JSON.stringify({ type: "record", name, namespace, fields: columns, version: "1.0" });
}

interface Described {
    status?: string | undefined;
    failureReason?: string | undefined;
}

/** Polls until the status is ACTIVE. Throws at CREATE FAILED, with the service's reason. */
export async function untilActive(describe: () => Promise<Described | undefined>): Promise<void> {
    for (;;) {
        const { status, failureReason } = (await describe()) ?? {};
        if (status === "ACTIVE") return;
        if (status === "CREATE FAILED") throw new Error(`CREATE FAILED: ${failureReason}`);
        await sleep(200);
    }
}
