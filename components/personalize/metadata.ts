import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { DatasetImportJob, MetadataDataset, Schema } from "pulumi-personalize";
import type { StackConfig } from "../../config/config.ts";
import { ProgramError } from "../common/messages.ts";
import { fileOf, type UploadedFile } from "../data/data-bucket.ts";
import { quickDeadlineMinutes, withinOf } from "./resources.ts";

export interface MetadataArgs {
    readonly kind: "items" | "users";
    readonly config: StackConfig;
    /** Id of the stack. */
    readonly owner: pulumi.Input<string>;
    readonly datasetGroupArn: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
    /** Hash of the policy documents of role and bucket. */
    readonly accessHash: string;
    readonly files: Readonly<Record<string, UploadedFile>>;
}

/** The schema, the dataset and the import for one CSV of items or users. */
export class Metadata extends pulumi.ComponentResource {
    constructor(name: string, args: MetadataArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:Metadata", name, {}, opts);
        const { kind, config, datasetGroupArn, roleArn, accessHash } = args;
        const { names } = config;
        const child = { parent: this };
        const within = withinOf(config, args.owner);
        const quick = within(quickDeadlineMinutes);
        const datasetType = kind === "items" ? "ITEMS" : "USERS";
        const text = schemaBeside(config.metadataFiles[kind] ?? "", datasetType);
        // The schema's name contains a hash of its text, so that the old and the new schema can exist at the same time.
        const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
        const schema = new Schema(name, { ...quick, name: `${names[`${kind}Schema`]}-${hash}`, schema: text }, child);
        const dataset = new MetadataDataset(
            name,
            { ...quick, name: names[kind], datasetGroupArn, schemaArn: schema.id, datasetType },
            child,
        );
        const { location: dataLocation, contentHash } = fileOf(args.files, kind);
        new DatasetImportJob(
            name,
            {
                ...within(config.deadlineMinutes.import),
                jobNamePrefix: names[`${kind}ImportJobPrefix`],
                datasetArn: dataset.id,
                dataLocation,
                roleArn,
                contentHash,
                accessHash,
            },
            child,
        );
        this.registerOutputs();
    }
}

/** Returns the path of the Avro schema of a CSV: `data/items.csv` → `data/items.schema.json`. */
const schemaPathBeside = (csvPath: string) => csvPath.replace(/(\.csv)?$/, ".schema.json");

/**
 * Reads the Avro schema of a CSV of items or users, as text for Personalize.
 *
 * @throws ProgramError if the schema is missing or has another type (Developer Guide, "Schemas")
 */
export function schemaBeside(csvPath: string, datasetType: "ITEMS" | "USERS"): string {
    const path = schemaPathBeside(csvPath);
    const idField = datasetType === "ITEMS" ? "ITEM_ID" : "USER_ID";
    if (!existsSync(path)) {
        throw new ProgramError(`${csvPath} needs its Avro schema in ${path}. docs/data.md shows an example.`);
    }
    const schema = parse(readFileSync(path, "utf8")) as { fields?: { name?: string }[] } | undefined;
    if (!Array.isArray(schema?.fields) || !schema.fields.some(({ name }) => name === idField)) {
        throw new ProgramError(`${path} is not an Avro record with a field ${idField}. docs/data.md shows an example.`);
    }
    return JSON.stringify(schema);
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
