import { describeProblems, roleReads, serviceReads } from "policy-evaluator";
import { distance } from "../condition-keys.ts";
import { type Reason, whyDenied } from "../denials.ts";
import { evaluator, type Finding, type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { type BucketFacts, isBucketGone } from "../snapshot.ts";
import { whyNot } from "../why.ts";
import { broken, warning } from "./policies.ts";

const name = "bucket policy";

/**
 * Whether the bucket policy allows Personalize, and denies nothing to the role's session. IAM's simulator judges bucket
 * policies for users only, so this program's evaluator does it.
 */
export function bucketPolicy({ snapshot, of, bucketPolicy: parsed }: Scene): Link {
    const { bucketPolicy: fetched, bucket } = snapshot;
    if ("unread" in fetched) {
        return unknownLink(name, evaluator, fetched.unread);
    }
    if (isBucketGone(snapshot)) {
        return unknownLink(name, evaluator, "there is no bucket");
    }
    const lacking = (fault: Finding["fault"], sentence: string, ...evidence: string[]) =>
        linkOf(name, evaluator, "", [{ fault, verdict: "broken", sentence, evidence, place: "bucketPolicy" }]);
    if (fetched.is === undefined || !parsed) {
        return lacking(
            "bucket-policy-missing",
            `The bucket ${bucket} has no policy, but Personalize also reads it as itself.`,
        );
    }
    if (!("document" in parsed)) {
        const what = describeProblems(parsed.problems);
        return lacking(
            "bucket-policy-not-json",
            `The policy of ${bucket} is not a policy document: ${what}.`,
            fetched.is.slice(0, 500),
        );
    }
    const policies = [{ name, document: parsed.document }];
    const reasons: Reason[] = [...roleReads(of), ...serviceReads(of)].flatMap((request) => {
        // The role's session needs no grant in the bucket policy, but can be denied by it.
        return "service" in request.caller
            ? whyNot(request, policies, "bucket", of)
            : whyDenied(request, policies, "bucket", of);
    });
    return linkOf(
        name,
        evaluator,
        "Personalize may list and read, and nothing denies it",
        broken(reasons, "bucketPolicy"),
    );
}

/** The bucket: its region, and whether it blocks public access. */
export function bucketLinks({ snapshot }: Scene): Link[] {
    const { bucket, region, bucketFacts, accessBlock, ownership } = snapshot;
    const s3 = "S3's own answer";
    const place =
        "unread" in bucketFacts
            ? unknownLink("bucket and region", s3, bucketFacts.unread)
            : linkOf(
                  "bucket and region",
                  s3,
                  `${bucket} is in ${region}`,
                  regionFindings(bucket, region, bucketFacts.is),
              );
    const block =
        "unread" in accessBlock
            ? unknownLink("public access block", s3, accessBlock.unread)
            : linkOf(
                  "public access block",
                  s3,
                  "on; it does not affect a service",
                  isBucketGone(snapshot) || (accessBlock.is?.blockPublicPolicy && accessBlock.is.restrictPublicBuckets)
                      ? []
                      : [warning("access-block-off", `${bucket} does not block public policies.`, "bucket")],
              );
    const owner =
        "unread" in ownership
            ? unknownLink("object ownership", s3, ownership.unread)
            : linkOf("object ownership", s3, ownership.is ?? "the bucket has no rule: its owner owns new objects", []);
    return [block, owner, place];
}

function regionFindings(bucket: string, region: string, { region: found, others = [] }: BucketFacts): Finding[] {
    if (found === undefined) {
        const [similar] = others
            .filter((each) => each.startsWith(bucket) || bucket.startsWith(each) || distance(each, bucket) <= 2)
            .toSorted((a, b) => distance(a, bucket) - distance(b, bucket));
        const hint = similar === undefined ? "." : `, but there is ${similar}.`;
        return [
            {
                fault: "bucket-missing",
                verdict: "broken",
                sentence: `There is no such bucket: ${bucket}${hint}`,
                evidence: [`s3:GetBucketLocation of ${bucket}: NoSuchBucket`],
                place: "location",
                ...(similar !== undefined && { about: similar }),
            },
        ];
    }
    if (found === region) {
        return [];
    }
    return [
        {
            fault: "bucket-region",
            verdict: "broken",
            place: "location",
            sentence: `The bucket ${bucket} is in ${found}, and Personalize works in ${region}.`,
            evidence: [`s3:GetBucketLocation of ${bucket}: ${found}`],
        },
    ];
}
