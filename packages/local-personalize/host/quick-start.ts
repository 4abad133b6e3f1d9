import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Emulator, ImportAccess } from "../contract.ts";

/** The resources that a quick start made. */
export interface Ready {
    readonly campaignArn: string;
    readonly trackingId: string;
    readonly filterArn: string;
}

/** The bucket whose only object is the file of the quick start. It is no bucket of S3. */
const bucket = "local-personalize-data";

/** Returns access to S3 that also reads the file of the quick start. */
export function withFile(access: ImportAccess, file: string): ImportAccess {
    return {
        ...access,
        list: async (from, prefix) =>
            from === bucket ? [{ key: basename(file), size: (await stat(file)).size }] : access.list(from, prefix),
        read: async (from, key) => (from === bucket ? createReadStream(file) : access.read(from, key)),
    };
}

/** Avro types of Personalize's own columns of interactions (Developer Guide, "Interactions data"). */
const types: Readonly<Record<string, unknown>> = {
    USER_ID: "string",
    ITEM_ID: "string",
    TIMESTAMP: "long",
    EVENT_TYPE: "string",
    EVENT_VALUE: ["float", "null"],
    IMPRESSION: ["string", "null"],
    RECOMMENDATION_ID: ["string", "null"],
};
const required = ["USER_ID", "ITEM_ID", "TIMESTAMP"];
const recipeArn = "arn:aws:personalize:::recipe/aws-user-personalization";
const roleArn = "arn:aws:iam::000000000000:role/local-personalize";
const filterExpression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")';

function schemaOf(header: string, file: string): string {
    const columns = header.split(",").map((name) => name.trim().replaceAll('"', ""));
    const missing = required.filter((name) => !columns.includes(name));
    if (missing.length > 0) {
        throw new Error(
            `${file} has no column ${missing.join(", ")}. Its first line must name Personalize's columns, such as USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE; it is: ${header.slice(0, 200)}`,
        );
    }
    const fields = columns.map((name) => ({
        name,
        type: types[name] ?? ["string", "null"],
        ...(!(name in types) && { categorical: true }),
    }));
    return JSON.stringify({
        ...{ type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema" },
        ...{ fields, version: "1.0" },
    });
}

interface Described {
    readonly status?: string;
    readonly failureReason?: string;
}

/**
 * Imports a CSV file of interactions, trains `aws-user-personalization`, and creates a campaign, an event tracker and a
 * filter. Finds the resources of an earlier start with the same content, and continues them.
 *
 * @throws Error with the service's reason if the data cannot be imported or trained on
 */
export async function quickStart(emulator: Emulator, region: string, file: string): Promise<Ready> {
    const text = await readFile(file, "utf8");
    const name = `data-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
    const schema = schemaOf(text.replace(/^\ufeff/, "").split(/\r?\n/, 1)[0] ?? "", file);

    async function call<T>(operation: string, body: object): Promise<T> {
        const answer = await emulator.handle({ service: "personalize", operation, region, body });
        const output = JSON.parse(answer.body);
        if (answer.status < 400) return output;
        throw new Error(`${operation} of ${file}: ${output.message ?? answer.body}`);
    }
    /** Returns the ARN of a resource: of the one of an earlier start, or of a new one when it is ACTIVE. */
    async function have(kind: string, inputs: Readonly<Record<string, unknown>>): Promise<string> {
        const upper = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
        const arnName = `${kind}Arn`;
        const lists = await call<Record<string, readonly Record<string, string>[]>>(`List${upper}s`, {});
        const isEarlier = (each: Record<string, string>) =>
            [each.name, each.jobName].includes(name) || each[arnName]?.startsWith(`${inputs.solutionArn}/`);
        const earlier = Object.values(lists).flat().find(isEarlier);
        const arn = earlier?.[arnName] ?? (await call<Record<string, string>>(`Create${upper}`, inputs))[arnName] ?? "";
        for (; kind !== "schema"; await sleep(10)) {
            const described = await call<Record<string, Described>>(`Describe${upper}`, { [arnName]: arn });
            const { status = "", failureReason } = described[kind] ?? {};
            if (status === "ACTIVE") break;
            if (status.endsWith("FAILED")) throw new Error(`${upper} of ${file}: ${failureReason}`);
        }
        return arn;
    }

    const schemaArn = await have("schema", { name, schema });
    const datasetGroupArn = await have("datasetGroup", { name });
    const datasetArn = await have("dataset", { name, schemaArn, datasetGroupArn, datasetType: "Interactions" });
    const dataSource = { dataLocation: `s3://${bucket}/${basename(file)}` };
    await have("datasetImportJob", { jobName: name, datasetArn, dataSource, roleArn });
    const solutionArn = await have("solution", { name, datasetGroupArn, recipeArn, performAutoTraining: false });
    const solutionVersionArn = await have("solutionVersion", { solutionArn });
    const campaignArn = await have("campaign", { name, solutionVersionArn, minProvisionedTPS: 1 });
    const filterArn = await have("filter", { name, datasetGroupArn, filterExpression });
    const eventTrackerArn = await have("eventTracker", { name, datasetGroupArn });
    const described = await call<Record<string, { trackingId: string }>>("DescribeEventTracker", { eventTrackerArn });
    return { campaignArn, trackingId: described.eventTracker?.trackingId ?? "", filterArn };
}
