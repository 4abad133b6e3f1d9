import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isBatch, objectKeys, type StackConfig } from "../../core/config/config.ts";
import { readContentOnce } from "../../data-prep/files.ts";
import { closedBucket } from "../common/closed-bucket.ts";
import { knownAfter } from "../common/known-after.ts";
import { warn } from "../common/messages.ts";

/**
 * Days after which the input and output of a batch inference job expire: more than the longest interval between two
 * jobs.
 */
const listsDays = 60;

/** Days after which the user IDs in the input of a data deletion job expire. A job ends within a day. */
const deletionDays = 7;

export interface DataBucketArgs {
    readonly bucketName: string;
    /** Files to upload, by their name in the program, such as `interactions`. */
    readonly files: Readonly<Record<string, FileArgs>>;
    /**
     * What destroy does with the data bucket. `delete`: empties and removes the bucket. `retain`: keeps the bucket with
     * its objects.
     */
    readonly dataRetention: "delete" | "retain";
    readonly tags: Readonly<Record<string, string>>;
    /** ARN of the KMS key that encrypts the objects; undefined: S3 managed keys. */
    readonly kmsKeyArn: string | undefined;
    /**
     * The bucket's policy document. It contains names instead of outputs, so that the resource rules can check it at
     * preview.
     */
    readonly policy: pulumi.Input<object>;
}

export interface FileArgs {
    /** Local path. */
    readonly path: string;
    readonly key: string;
    readonly contentType: string;
}

export interface UploadedFile {
    /**
     * S3 location `s3://bucket/key` of the uploaded file, which resolves after the object and the bucket's policy
     * exist.
     */
    readonly location: pulumi.Output<string>;
    /** SHA-256 of the file's content, hexadecimal. All resources that use the file depend on this value. */
    readonly contentHash: pulumi.Output<string>;
    /** Number of line breaks in the file. */
    readonly lines: pulumi.Output<number>;
}

/** Returns one of the uploaded files. Throws for an unknown name, which is a bug of the program. */
export function requireFile(files: Readonly<Record<string, UploadedFile>>, name: string): UploadedFile {
    const file = files[name];
    if (file === undefined) throw new Error(`the stack uploads no file with the name ${name}`);
    return file;
}

/** The private, encrypted, versioned bucket with the uploaded files. */
export class DataBucket extends pulumi.ComponentResource {
    public readonly bucketName: pulumi.Output<string>;
    public readonly files: Readonly<Record<string, UploadedFile>>;

    constructor(name: string, args: DataBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:storage:DataBucket", name, {}, opts);
        const retain = args.dataRetention === "retain";
        const child = { parent: this, retainOnDelete: retain };

        const { bucketName, setPolicy } = closedBucket(
            name,
            { bucketName: args.bucketName, forceDestroy: !retain, kmsKeyArn: args.kmsKeyArn, tags: args.tags },
            child,
        );
        const of = { bucket: bucketName };
        const versioning = new aws.s3.BucketVersioning(
            name,
            { ...of, versioningConfiguration: { status: "Enabled" } },
            child,
        );
        new aws.s3.BucketLifecycleConfiguration(
            name,
            {
                ...of,
                rules: [
                    {
                        id: "old-versions-and-broken-uploads",
                        status: "Enabled",
                        filter: { prefix: "" },
                        noncurrentVersionExpiration: { noncurrentDays: 30 },
                        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                    },
                    // Expire the input and output of batch inference jobs, because the API's table contains the lists.
                    ...[objectKeys.listsInput, objectKeys.listsOutput].map((prefix) => ({
                        id: prefix,
                        status: "Enabled",
                        filter: { prefix },
                        expiration: { days: listsDays },
                    })),
                    {
                        id: objectKeys.deletion,
                        status: "Enabled",
                        filter: { prefix: objectKeys.deletion },
                        expiration: { days: deletionDays },
                        // S3 applies the shorter of two periods, so an expired input is gone a day later.
                        noncurrentVersionExpiration: { noncurrentDays: 1 },
                    },
                ],
            },
            // Wait for the versioning, because S3 rejects lifecycle rules for old versions until versioning is enabled.
            { ...child, dependsOn: versioning },
        );
        const policy = setPolicy(args.policy);
        const upload = ([file, { path, key, contentType }]: [string, FileArgs]): [string, UploadedFile] => {
            const { contentHash, lines } = pulumi.output(readContentOnce(path));
            const object = new aws.s3.BucketObjectv2(
                `${name}-${file}`,
                { ...of, key, ...fileContent(path), contentType },
                { ...child, dependsOn: versioning },
            );
            const location = knownAfter(pulumi.interpolate`s3://${bucketName}/${key}`, object, policy);
            return [file, { location, contentHash, lines }];
        };
        this.bucketName = bucketName;
        this.files = Object.fromEntries(Object.entries(args.files).map(upload));
        if (retain) {
            bucketName.apply((id) => warn(`pulumi destroy will keep bucket ${id} (dataRetention: retain)`, this));
        }
        this.registerOutputs({ bucketName: this.bucketName, files: this.files });
    }
}

/**
 * Returns the inputs of an object that contains a local file. The AWS plugin does not compare the content of an object
 * with the file. If somebody overwrites the object, the new object lacks the metadata. So `pulumi refresh` detects the
 * change, and the next `up` uploads the file again.
 */
export const fileContent = (path: string) => ({
    source: new pulumi.asset.FileAsset(path),
    metadata: { sha256: pulumi.output(readContentOnce(path)).contentHash },
});

/** Returns all files of a stack to upload; the keys are their names. */
export function filesToUpload(config: StackConfig): Readonly<Record<string, FileArgs>> {
    const { metadataFiles } = config;
    const csv = (path: string, key: string): FileArgs => ({ path, key, contentType: "text/csv" });
    return {
        interactions: csv(config.interactionsFile, objectKeys.interactions),
        ...(metadataFiles.items && { items: csv(metadataFiles.items, objectKeys.items) }),
        ...(metadataFiles.users && { users: csv(metadataFiles.users, objectKeys.users) }),
    };
}

/** Returns the prefixes that Personalize may read from and write to, from the keys of the uploaded files. */
export const toDataPrefixes = (config: StackConfig) => ({
    readPrefixes: [
        ...Object.values(filesToUpload(config)).map(({ key }) => key),
        objectKeys.deletion,
        ...(isBatch(config) ? [objectKeys.listsInput] : []),
    ],
    writePrefix: isBatch(config) ? objectKeys.listsOutput : undefined,
});
