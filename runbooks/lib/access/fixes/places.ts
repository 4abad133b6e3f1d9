import type { Import } from "policy-evaluator";
import type { Snapshot } from "../snapshot.ts";
import { notSimulated, type Step } from "./steps.ts";

/** Steps for buckets and objects. Nothing is written over: a bucket or key that exists is not a target. */

/** A new bucket in the region, closed to the public. */
export function makeBucket(bucket: string, region: string): Step[] {
    const where = region === "us-east-1" ? [] : ["--create-bucket-configuration", `LocationConstraint=${region}`];
    return [
        {
            command: ["aws", "s3api", "create-bucket", "--region", region, "--bucket", bucket, ...where],
            undo: { command: ["aws", "s3api", "delete-bucket", "--bucket", bucket] },
            applied: (snapshot) => ({
                ...snapshot,
                bucket,
                bucketFacts: { is: { region } },
                bucketPolicy: { is: undefined },
                accessBlock: { is: { blockPublicPolicy: true, restrictPublicBuckets: true } },
                ownership: { is: undefined },
                simulated: notSimulated,
            }),
        },
        {
            command: [
                ...["aws", "s3api", "put-public-access-block", "--bucket", bucket],
                "--public-access-block-configuration",
                "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            ],
            applied: (snapshot) => snapshot,
        },
    ];
}

/** Copies an object to a bucket that does not have it. */
export const copyObject = (from: string, to: string, key: string): Step => ({
    command: ["aws", "s3", "cp", `s3://${from}/${key}`, `s3://${to}/${key}`],
    undo: { command: ["aws", "s3", "rm", `s3://${to}/${key}`] },
    applied: (snapshot) => snapshot,
});

/** The snapshot of an import from another key. The object's content is unknown until the diagnosis runs again. */
export const importedFrom =
    (key: string) =>
    (snapshot: Snapshot): Snapshot => ({
        ...snapshot,
        key,
        objects: [{ unread: `s3://${snapshot.bucket}/${key} is not read yet` }],
        simulated: notSimulated,
    });

/** The snapshot of an import from another bucket, which the next diagnosis reads. */
export const importedFromBucket =
    (bucket: string) =>
    (snapshot: Snapshot): Snapshot => {
        const unread = { unread: `${bucket} is not read yet` };
        return {
            ...snapshot,
            bucket,
            bucketFacts: unread,
            bucketPolicy: unread,
            accessBlock: unread,
            ownership: unread,
            keys: unread,
            objects: [unread],
            simulated: unread,
        };
    };

/** The name of a new bucket in another region, from the old one; at most 63 characters. */
export const bucketIn = ({ bucket }: Pick<Import, "bucket">, region: string): string =>
    `${bucket}-${region}`.slice(-63).replace(/^[-.]+/, "");
