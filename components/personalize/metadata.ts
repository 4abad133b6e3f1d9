import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import { fileOf, type UploadedFile } from "../data/data-bucket.ts";
import { schemaBeside } from "../data/metadata-schema.ts";
import { quickDeadlineMinutes, withinOf } from "./common-inputs.ts";
import { DatasetImportJob, MetadataDataset, Schema } from "./resources.ts";

export interface MetadataArgs {
    readonly kind: "items" | "users";
    readonly config: StackConfig;
    readonly datasetGroupArn: pulumi.Input<string>;
    readonly roleArn: pulumi.Input<string>;
    readonly files: Readonly<Record<string, UploadedFile>>;
}

/** What is known of items or users besides their interactions: schema, dataset and import of one CSV. */
export class Metadata extends pulumi.ComponentResource {
    constructor(name: string, args: MetadataArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:personalize:Metadata", name, {}, opts);
        const { kind, config, datasetGroupArn, roleArn } = args;
        const { names } = config;
        const child = { parent: this };
        const within = withinOf(config);
        const quick = within(quickDeadlineMinutes);
        const datasetType = kind === "items" ? "ITEMS" : "USERS";
        const text = schemaBeside(config.metadataFiles[kind] ?? "", datasetType);
        // Its name follows its text, so that the dataset can move from the old one to the new one.
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
                ...within(config.deadlines.import),
                jobNamePrefix: names[`${kind}ImportJobPrefix`],
                datasetArn: dataset.id,
                dataLocation,
                roleArn,
                contentHash,
            },
            child,
        );
        this.registerOutputs();
    }
}
