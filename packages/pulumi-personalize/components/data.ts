import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { CommonInputs } from "../resource.ts";
import { Dataset, type DatasetGroup, DatasetImportJob, type ResourceArgs, Schema } from "../resources.ts";

/** The data of a dataset: a CSV in S3 and its schema. */
export interface DataArgs {
    /** Avro schema as JSON text. */
    readonly schema: pulumi.Input<string>;
    /** `s3://bucket/key`. */
    readonly dataLocation: pulumi.Input<string>;
    /**
     * SHA-256 of the object, hexadecimal. New content starts an import. Default: only a new `dataLocation` starts one.
     */
    readonly contentHash?: pulumi.Input<string> | undefined;
    /** ARN of an earlier job whose content is imported again. Default: none. */
    readonly repeats?: pulumi.Input<string> | undefined;
    /**
     * Name of the dataset. Default: the component's `resourceName`; `<resourceName>-items` or `-users` for metadata.
     */
    readonly name?: string | undefined;
    /**
     * Name of the schema. For items and users, a hash of the schema is added to the name. Default: the dataset's name.
     */
    readonly schemaName?: string | undefined;
    /** Start of the import jobs' names. Default: the dataset's name. */
    readonly jobNamePrefix?: string | undefined;
}

/** The arguments of all imports, and the common arguments of all resources. */
export interface ImportArgs
    extends Partial<Pick<ResourceArgs<CommonInputs>, "region" | "tags" | "defaults" | "owner" | "pollSeconds">> {
    /** ARN of the role that Personalize assumes to read the data, such as the role of `ImportAccess`. */
    readonly roleArn: pulumi.Input<string>;
    /** Hash of the policy documents that allow Personalize to read the data. Default: none. */
    readonly accessHash?: pulumi.Input<string> | undefined;
    /** Deadlines of waits in minutes. Default: the default deadlines of the resources. */
    readonly deadlineMinutes?:
        | Readonly<Partial<Record<"import" | "training" | "campaign", pulumi.Input<number>>>>
        | undefined;
}

/** Returns the inputs that all resources of the component have, with a deadline in minutes. */
export const commonInputs = (
    { region, tags, defaults, owner, pollSeconds }: ImportArgs,
    deadlineMinutes: pulumi.Input<number> | undefined = undefined,
) => ({ region, tags, defaults, owner, pollSeconds, deadlineMinutes });

/** Creates the import of a dataset's data. */
export function createImport(
    name: string,
    args: ImportArgs,
    { jobNamePrefix, dataLocation, contentHash, repeats }: DataArgs & { readonly jobNamePrefix: string },
    datasetArn: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): DatasetImportJob {
    const { roleArn, accessHash, deadlineMinutes = {} } = args;
    const job = { jobNamePrefix, datasetArn, dataLocation, roleArn, contentHash, repeats, accessHash };
    return new DatasetImportJob(name, { ...commonInputs(args, deadlineMinutes.import), ...job }, opts);
}

interface MetadataArgs extends ImportArgs {
    readonly kind: "items" | "users";
    readonly data: DataArgs & { readonly name: string };
    readonly group: DatasetGroup;
}

/** The schema, the dataset and the import of items or users. */
export class Metadata extends pulumi.ComponentResource {
    constructor(name: string, args: MetadataArgs, opts: pulumi.ComponentResourceOptions, type: string) {
        super(type, name, {}, opts);
        const { kind, data, group } = args;
        const child = { parent: this };
        // The schema's name contains a hash of its text, so that the old and the new schema can exist at the same time.
        const schemaName = pulumi.output(data.schema).apply((text) => {
            const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
            return `${data.schemaName ?? data.name}-${hash}`;
        });
        const common = commonInputs(args);
        const schema = new Schema(name, { ...common, name: schemaName, schema: data.schema }, child);
        const datasetType = kind === "items" ? "ITEMS" : "USERS";
        const dataset = new Dataset(
            name,
            { ...common, name: data.name, datasetGroupArn: group.id, schemaArn: schema.id, datasetType },
            child,
        );
        createImport(name, args, { ...data, jobNamePrefix: data.jobNamePrefix ?? data.name }, dataset.id, child);
        this.registerOutputs();
    }
}
