import { type Finding, type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { type BucketFacts, isBucketGone } from "../snapshot.ts";
import { warning } from "./policies.ts";

/** The bucket: where it lies, and whether it is closed to everybody else. */
export function bucketLinks({ snapshot }: Scene): Link[] {
    const { bucket, region, bucketFacts, accessBlock, ownership } = snapshot;
    const s3 = "S3's own answer";
    const place =
        "unread" in bucketFacts
            ? unknownLink("bucket and region", s3, bucketFacts.unread)
            : linkOf(
                  "bucket and region",
                  s3,
                  `${bucket} lies in ${region}`,
                  regionFindings(bucket, region, bucketFacts.is),
              );
    const block =
        "unread" in accessBlock
            ? unknownLink("public access block", s3, accessBlock.unread)
            : linkOf(
                  "public access block",
                  s3,
                  "on, and it does not touch a service",
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

function regionFindings(bucket: string, region: string, { region: found }: BucketFacts): Finding[] {
    if (found === undefined) {
        const sentence = `There is no bucket ${bucket}.`;
        return [{ fault: "bucket-missing", verdict: "broken", sentence, evidence: [], place: "location" }];
    }
    if (found === region) {
        return [];
    }
    return [
        {
            ...{ fault: "bucket-region", verdict: "broken", place: "location" },
            sentence: `The bucket ${bucket} lies in ${found}, and Personalize works in ${region}.`,
            evidence: [`s3:GetBucketLocation of ${bucket}: ${found}`],
        },
    ];
}
