import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface DataBucketArgs {
    readonly bucketName: pulumi.Input<string>;
    /** Key of the interactions object. */
    readonly objectKey: string;
    /** Path of the CSV that data-prep wrote. */
    readonly interactionsFile: string;
    /** `delete`: destroy empties and removes the bucket. `retain`: destroy leaves it and its object. */
    readonly dataRetention: "delete" | "retain";
    readonly tags: Readonly<Record<string, string>>;
    /** The bucket's policy document, from the bucket's name. */
    readonly policy: (bucketName: string) => pulumi.Input<object>;
}

/** Private, encrypted, versioned bucket with the interactions in it. */
export class DataBucket extends pulumi.ComponentResource {
    public readonly bucketName: pulumi.Output<string>;
    /** `s3://bucket/key`, known once the object and the bucket's policy are there. */
    public readonly dataLocation: pulumi.Output<string>;
    /** SHA-256 of the interactions, hexadecimal: it drives everything downstream. */
    public readonly contentHash: pulumi.Output<string>;

    constructor(name: string, args: DataBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:storage:DataBucket", name, {}, opts);
        const retain = args.dataRetention === "retain";
        const child = { parent: this, retainOnDelete: retain };

        const bucket = new aws.s3.Bucket(
            name,
            { bucket: args.bucketName, forceDestroy: !retain, tags: args.tags },
            child,
        );
        const of = { bucket: bucket.id };
        const accessBlock = new aws.s3.BucketPublicAccessBlock(
            name,
            {
                ...of,
                blockPublicAcls: true,
                blockPublicPolicy: true,
                ignorePublicAcls: true,
                restrictPublicBuckets: true,
            },
            child,
        );
        new aws.s3.BucketOwnershipControls(name, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, child);
        new aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
            child,
        );
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
                ],
            },
            // Rules on old versions are refused until the bucket has versions.
            { ...child, dependsOn: versioning },
        );
        const policy = new aws.s3.BucketPolicy(
            name,
            { ...of, policy: pulumi.jsonStringify(bucket.id.apply((bucketName) => args.policy(bucketName))) },
            // Setting a policy while the access block is being set conflicts.
            { ...child, dependsOn: accessBlock },
        );
        this.contentHash = pulumi.output(sha256Of(args.interactionsFile));
        const object = new aws.s3.BucketObjectv2(
            `${name}-interactions`,
            {
                ...of,
                key: args.objectKey,
                source: new pulumi.asset.FileAsset(args.interactionsFile),
                sourceHash: this.contentHash,
                contentType: "text/csv",
                tags: args.tags,
            },
            { ...child, dependsOn: versioning },
        );

        this.bucketName = bucket.id;
        this.dataLocation = pulumi
            .all([bucket.id, object.id, policy.id])
            .apply(([bucketName]) => `s3://${bucketName}/${args.objectKey}`);
        if (retain) {
            bucket.id.apply((id) => pulumi.log.warn(`destroy will leave bucket ${id} (dataRetention: retain)`, this));
        }
        this.registerOutputs({
            bucketName: this.bucketName,
            dataLocation: this.dataLocation,
            contentHash: this.contentHash,
        });
    }
}

async function sha256Of(file: string): Promise<string> {
    if (!existsSync(file)) {
        throw new pulumi.RunError(
            `there are no interactions at ${file}. Run \`npm run data-prep\`, or set the config value interactionsFile.`,
        );
    }
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
}
