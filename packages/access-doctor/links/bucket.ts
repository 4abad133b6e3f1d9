import { describeProblems, roleReads, serviceReads } from "policy-evaluator";
import {
    breaks,
    createLink,
    type Finding,
    judgeFetched,
    type Link,
    type Scene,
    unknownLink,
    warning,
} from "../link.ts";
import { type BucketFacts, isBucketGone } from "../snapshot.ts";
import { judgePolicies, type PolicyCheck } from "./policies.ts";

const name = "bucket policy";
const check: PolicyCheck = {
    link: name,
    detail: "Personalize may list and read, and nothing denies it",
    type: "resource",
    fault: "bucket-policy",
    place: "bucketPolicy",
};

/**
 * Checks whether the bucket policy allows Personalize and does not deny the role's session. Uses this program's own
 * evaluator, because IAM's simulator evaluates bucket policies for users only.
 */
export function bucketPolicy(scene: Scene): Link {
    const { snapshot, of, bucketPolicy: parsed } = scene;
    const { bucketPolicy: fetched, bucket } = snapshot;
    if ("unread" in fetched) return unknownLink(name, fetched.unread);
    if (isBucketGone(snapshot)) return unknownLink(name, "there is no bucket");
    const lacking = (sentence: string, ...evidence: string[]) =>
        createLink(name, "", [breaks("bucket-policy", sentence, "bucketPolicy", ...evidence)]);
    if (fetched.is === undefined || !parsed) {
        return lacking(`The bucket ${bucket} has no bucket policy, but Personalize also reads it as itself.`);
    }
    if (!("document" in parsed)) {
        const what = describeProblems(parsed.problems);
        return lacking(`The bucket policy of ${bucket} is not a policy document: ${what}.`, fetched.is.slice(0, 500));
    }
    const policies = [{ name, document: parsed.document }];
    return judgePolicies(scene, check, [...roleReads(of), ...serviceReads(of)], { policies });
}

/** Checks the bucket: its region, and whether it blocks public access. */
export function bucketLinks({ snapshot }: Scene): Link[] {
    const { bucket, region, bucketFacts, accessBlock, ownership } = snapshot;
    return [
        judgeFetched("public access block", accessBlock, (block) => {
            const isClosed = isBucketGone(snapshot) || (block?.blockPublicPolicy && block.restrictPublicBuckets);
            const open = warning("access-block-off", `${bucket} does not block public policies.`, "none");
            return createLink("public access block", "on; it does not affect a service", isClosed ? [] : [open]);
        }),
        judgeFetched("object ownership", ownership, (rule) =>
            createLink("object ownership", rule ?? "the bucket has no rule: its owner owns new objects"),
        ),
        judgeFetched("bucket and region", bucketFacts, (facts) =>
            createLink("bucket and region", `${bucket} is in ${region}`, regionFindings(bucket, region, facts)),
        ),
    ];
}

function regionFindings(bucket: string, region: string, { region: bucketRegion, others = [] }: BucketFacts): Finding[] {
    if (/^arn:|-s3alias$|--ol-s3$/.test(bucket)) {
        const sentence = `${bucket} is an access point, and an import's location names a bucket.`;
        return [breaks("bucket-alias", sentence, "location")];
    }
    if (bucketRegion === undefined) {
        const [similar] = others;
        const hint = similar === undefined ? "." : `, but there is ${similar}.`;
        const evidence = `s3:GetBucketLocation of ${bucket}: NoSuchBucket`;
        const finding = breaks("bucket-missing", `There is no such bucket: ${bucket}${hint}`, "location", evidence);
        return [{ ...finding, ...(similar !== undefined && { about: similar }) }];
    }
    if (bucketRegion === region) return [];
    const sentence = `The bucket ${bucket} is in ${bucketRegion}, and Personalize works in ${region}.`;
    return [breaks("bucket-region", sentence, "location", `s3:GetBucketLocation of ${bucket}: ${bucketRegion}`)];
}
