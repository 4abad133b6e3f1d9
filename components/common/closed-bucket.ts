import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "terminal-text";
import { isKnown, knownAfter } from "./known-after.ts";
import { refuse } from "./load-config.ts";
import { warn } from "./messages.ts";

export interface ClosedBucketArgs {
    readonly bucketName: string;
    /** Whether an existing bucket keeps its name if `bucketName` changes, because a replacement would lose its objects. */
    readonly keepsName?: boolean;
    /** Whether `pulumi destroy` also deletes the bucket's objects. */
    readonly forceDestroy: boolean;
    /** ARN of the KMS key that encrypts the objects; S3 managed keys by default. */
    readonly kmsKeyArn?: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
}

/**
 * Creates a private, encrypted bucket without ACLs. `bucketName` resolves after the bucket exists, and `setPolicy` creates
 * the bucket's policy. If the name is taken, preview fails with a ProgramError.
 */
export function closedBucket(name: string, args: ClosedBucketArgs, opts: pulumi.CustomResourceOptions) {
    const bucket = new aws.s3.Bucket(
        name,
        { bucket: args.bucketName, forceDestroy: args.forceDestroy, tags: args.tags },
        { ...opts, ...(args.keepsName && { ignoreChanges: ["bucket"] }) },
    );
    const bucketName = args.keepsName ? bucket.bucket : knownAfter(args.bucketName, bucket);
    bucketName.apply(async (its) => {
        // In a preview, the id is unknown if the state does not have the bucket.
        if (pulumi.runtime.isDryRun() && !(await isKnown(bucket.id))) await refuseTaken(its, args.tags);
    });
    const of = { bucket: bucketName };
    const accessBlock = new aws.s3.BucketPublicAccessBlock(
        name,
        {
            ...of,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        },
        opts,
    );
    new aws.s3.BucketOwnershipControls(name, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, opts);
    new aws.s3.BucketServerSideEncryptionConfiguration(name, { ...of, rules: [encryptionBy(args.kmsKeyArn)] }, opts);
    const setPolicy = (document: pulumi.Input<object>) =>
        new aws.s3.BucketPolicy(
            name,
            { ...of, policy: pulumi.jsonStringify(document) },
            // Wait for the public access block, because S3 rejects a policy while the block is being set.
            { ...opts, dependsOn: accessBlock },
        );
    return { bucketName, setPolicy };
}

/**
 * Returns the encryption of the bucket. A bucket key reduces the calls from S3 to KMS (S3 User Guide, "Reducing the
 * cost of SSE-KMS").
 */
function encryptionBy(kmsKeyArn: string | undefined) {
    return kmsKeyArn === undefined
        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
        : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
              bucketKeyEnabled: true,
          };
}

/**
 * Rejects a bucket that `up` could not create. Only warns of a bucket with the stack's tags, because the state may have
 * it: with `--replace`, the engine deletes this bucket before it creates the bucket again.
 *
 * @throws ProgramError that names the key `bucketName`
 */
async function refuseTaken(name: string, tags: ClosedBucketArgs["tags"]): Promise<void> {
    // Import the SDK client only here, because it is large, and only the creation of a bucket needs it.
    const { bucketFault, clientOfRegion } = await import("../../core/operations/taken-bucket.ts");
    const s3 = clientOfRegion(new pulumi.Config("aws").require("region"));
    const taken = await bucketFault(s3, name, tags).catch((error: unknown) => ({
        fault: `could not be looked up (${messageOf(error)})`,
        isOwn: true,
    }));
    if (taken === undefined) return;
    const { fault, isOwn } = taken;
    const advice =
        "Set another name: `pulumi config set bucketName <name>`. If an interrupted `up` of this stack created the bucket, " +
        "`npm run audit-leftovers` prints the command that imports it";
    if (isOwn) warn(`bucket ${name} ${fault}. If \`up\` cannot create it: ${advice}`);
    else refuse([{ path: "bucketName", reason: `gives the bucket "${name}", which ${fault}. ${advice}` }]);
}
