import { describeProblems, roleReads, serviceReads } from "policy-evaluator";
import { evaluator, type Finding, type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { isBucketGone } from "../snapshot.ts";
import { type Reason, whyDenied, whyNot } from "../why.ts";
import { broken } from "./policies.ts";

const name = "bucket policy";

/**
 * Whether the bucket lets Personalize in, and denies nothing to the role's session. IAM's simulator judges bucket
 * policies for users only, so this program's evaluator does.
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
            `The bucket ${bucket} has no policy, and Personalize reads it by itself too.`,
        );
    }
    if (!("document" in parsed)) {
        const what = describeProblems(parsed.problems);
        return lacking(
            "bucket-policy-not-json",
            `The policy of ${bucket} is no policy: ${what}.`,
            fetched.is.slice(0, 500),
        );
    }
    const policies = [{ name, document: parsed.document }];
    const reasons: Reason[] = [...roleReads(of), ...serviceReads(of)].flatMap((request) => {
        // The role's session needs no grant of the bucket's, but may be denied by it.
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
