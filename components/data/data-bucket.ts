import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { closedBucket } from "../common/closed-bucket.ts";
import { contentOf } from "../common/content.ts";

export interface DataBucketArgs {
    readonly bucketName: pulumi.Input<string>;
    /** What is uploaded, by the name under which it is found again in `files`. */
    readonly files: Readonly<Record<string, FileArgs>>;
    /** `delete`: destroy empties and removes the bucket. `retain`: destroy leaves it and its object. */
    readonly dataRetention: "delete" | "retain";
    readonly tags: Readonly<Record<string, string>>;
    /** The KMS key that encrypts what is stored; undefined: S3's own keys do. */
    readonly kmsKeyArn: string | undefined;
    /** The bucket's policy document: from names, so that the guard rules can judge it at preview. */
    readonly policy: pulumi.Input<object>;
}

export interface FileArgs {
    /** Path on this machine. */
    readonly path: string;
    readonly key: string;
    readonly contentType: string;
}

export interface UploadedFile {
    /** `s3://bucket/key`, known once the object and the bucket's policy are there. */
    readonly location: pulumi.Output<string>;
    /** SHA-256 of the content, hexadecimal: it drives everything downstream. */
    readonly contentHash: pulumi.Output<string>;
    /** Line ends in the content. */
    readonly lines: pulumi.Output<number>;
}

/** One of the uploaded files. Throws when there is none of that name, which is a mistake of the program. */
export function fileOf(files: Readonly<Record<string, UploadedFile>>, name: string): UploadedFile {
    const file = files[name];
    if (file === undefined) {
        throw new Error(`no file ${name} was uploaded`);
    }
    return file;
}

/** Private, encrypted, versioned bucket with the data in it. */
export class DataBucket extends pulumi.ComponentResource {
    public readonly bucketName: pulumi.Output<string>;
    public readonly files: Readonly<Record<string, UploadedFile>>;

    constructor(name: string, args: DataBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:storage:DataBucket", name, {}, opts);
        const retain = args.dataRetention === "retain";
        const child = { parent: this, retainOnDelete: retain };

        const { bucket, accessBlock } = closedBucket(
            name,
            { bucketName: args.bucketName, forceDestroy: !retain, kmsKeyArn: args.kmsKeyArn, tags: args.tags },
            child,
        );
        const of = { bucket: bucket.id };
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
            { ...of, policy: pulumi.jsonStringify(args.policy) },
            // Setting a policy while the access block is being set conflicts.
            { ...child, dependsOn: accessBlock },
        );
        const upload = ([file, { path, key, contentType }]: [string, FileArgs]): [string, UploadedFile] => {
            const content = pulumi.output(contentOf(path));
            const { contentHash, lines } = content;
            const object = new aws.s3.BucketObjectv2(
                `${name}-${file}`,
                {
                    ...of,
                    key,
                    source: new pulumi.asset.FileAsset(path),
                    sourceHash: contentHash,
                    contentType,
                    tags: args.tags,
                },
                { ...child, dependsOn: versioning },
            );
            const location = pulumi
                .all([bucket.id, object.id, policy.id])
                .apply(([bucketName]) => `s3://${bucketName}/${key}`);
            return [file, { location, contentHash, lines }];
        };
        this.bucketName = bucket.id;
        this.files = Object.fromEntries(Object.entries(args.files).map(upload));
        if (retain) {
            bucket.id.apply((id) => pulumi.log.warn(`destroy will leave bucket ${id} (dataRetention: retain)`, this));
        }
        this.registerOutputs({ bucketName: this.bucketName, files: this.files });
    }
}
