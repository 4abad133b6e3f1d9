import { type Import, listOf, personalizeService, type Statement } from "policy-evaluator";
import { dataBucketPolicy } from "../../../../iam/import-access.ts";
import type { Finding, Place } from "../link.ts";
import { known } from "../snapshot.ts";
import { repairedBucketPolicy, repairedKeyPolicy } from "./documents.ts";
import { repairFile } from "./file-repairs.ts";
import { bucketIn, copyObject, importedFrom, importedFromBucket, makeBucket } from "./places.ts";
import { asks, drift, has, kept, type MakeRepair, nothing, parsed, placeOf } from "./repair.ts";
import { roleRepairs } from "./role-repairs.ts";
import { enableKey, putBucketPolicy, putKeyPolicy, type Step } from "./steps.ts";

/** Whether a statement denies this import and nothing else: an exception would leave nothing of it. */
function isPointed({ Effect, Principal, Condition }: Statement, { roleArn }: Import): boolean {
    if (Effect !== "Deny" || Condition !== undefined || typeof Principal !== "object") return false;
    const named = [...listOf(Principal.AWS), ...listOf(Principal.Service)];
    return named.length > 0 && named.every((name) => name === roleArn || name === personalizeService);
}

export const repairs: Readonly<Record<Place, MakeRepair>> = {
    ...roleRepairs,
    bucketPolicy(scene) {
        const { of, bucketPolicy } = scene;
        const present = bucketPolicy && "document" in bucketPolicy ? bucketPolicy.document : undefined;
        const meant = listOf(present?.Statement).find((statement) => isPointed(statement, of));
        if (meant) {
            return asks(
                `the owner of the bucket ${of.bucket}: a statement denies this import by name and was meant so; lift it: ` +
                    JSON.stringify(meant),
            );
        }
        return {
            program: drift(scene, "iam/import-access.ts, dataBucketPolicy", present, dataBucketPolicy(placeOf(of), of)),
            steps: [putBucketPolicy(of.bucket, present, kept(scene, repairedBucketPolicy(of, present)))],
        };
    },
    location(scene, group) {
        const { snapshot, of } = scene;
        const { region } = snapshot;
        const similar = group.find(({ fault }) => fault === "bucket-missing")?.about;
        if (similar !== undefined && !snapshot.ownedByStack) {
            return { ...nothing, location: `s3://${similar}/${of.key}`, moved: importedFromBucket(similar) };
        }
        if (has(group, "bucket-missing")) {
            const missing = `components/data/data-bucket.ts makes the bucket and uploads the file`;
            const program = drift(scene, missing);
            const key = of.key === "" || of.key.endsWith("/") ? `${of.key}interactions.csv` : of.key;
            const upload = `upload it: aws s3 cp YOUR.csv s3://${of.bucket}/${key}. The new bucket is empty.`;
            return {
                program,
                steps: makeBucket(of.bucket, region),
                moved: importedFrom(key),
                ...(program === "" && { ask: `the owner of the data: ${upload}` }),
            };
        }
        if (has(group, "bucket-region")) {
            const bucket = bucketIn(of, region);
            const keys = snapshot.objects.flatMap((each) => ("is" in each ? [each.is.key] : []));
            return {
                program: snapshot.ownedByStack ? `pulumi config set bucketName ${bucket} && pulumi up` : "",
                steps: [...makeBucket(bucket, region), ...keys.map((key) => copyObject(of.bucket, bucket, key))],
                location: `s3://${bucket}/${of.key}`,
            };
        }
        const key = group.find(({ about }) => about !== undefined)?.about ?? of.key;
        return { ...nothing, location: `s3://${of.bucket}/${key}`, moved: importedFrom(key) };
    },
    key(scene, group) {
        const { of, snapshot } = scene;
        const [{ about = "" }] = group as [Finding];
        const key = Object.values(snapshot.kmsKeys)
            .map(known)
            .find((each) => each?.arn === about);
        if (has(group, "kms-gone")) {
            return asks(
                `the administrator of ${about}: a key that is ${key?.state} decrypts nothing. Upload the file again.`,
            );
        }
        const present = key && parsed({ name: "key policy", text: key.policy }, "resource");
        return {
            ...nothing,
            steps: [
                ...(has(group, "kms-pending-deletion", "kms-disabled")
                    ? enableKey(of.region, about, has(group, "kms-pending-deletion"))
                    : []),
                ...(has(group, "kms-no-grant", "role-recreated")
                    ? [putKeyPolicy(of.region, about, present, kept(scene, repairedKeyPolicy(of, present)))]
                    : []),
            ],
        };
    },
    organisation: ({ of }) =>
        asks(
            `the administrator of your AWS organisation: allow s3:GetObject and s3:ListBucket on ${of.bucket} to ${of.roleArn} ` +
                `and ${personalizeService} in its service control policies.`,
        ),
    object(scene, group) {
        const { program, commands, undo, key, ask, applied } = repairFile(scene, group);
        return {
            program,
            steps: commands.map((command): Step => ({ command, applied, ...(undo && { undo: { command: undo } }) })),
            moved: applied,
            ...(ask !== undefined && { ask }),
            ...(key !== undefined && { location: `s3://${scene.of.bucket}/${key}` }),
        };
    },
    bucket: () => nothing,
    none: () => nothing,
};
