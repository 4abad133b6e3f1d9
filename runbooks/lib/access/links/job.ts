import { listOf } from "policy-evaluator";
import { type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { hasSource, namesPersonalize, warning } from "./policies.ts";

const name = "import job result";

/** The Developer Guide shows these conditions for the trust policy only. */
const leaveOut =
    "If it fails again, Personalize may not send the conditions of the bucket policy; leave them out: " +
    "pulumi config set bucketPolicyConditions false && pulumi up";

const hasConditions = (policy: Scene["bucketPolicy"]): boolean =>
    policy !== undefined &&
    "document" in policy &&
    listOf(policy.document.Statement).some((statement) => namesPersonalize(statement) && hasSource(statement));

/** The job's own failure reason. It names the access or the file, but never the link. */
export function job({ snapshot: { job: fetched }, bucketPolicy }: Scene, found: readonly Link[]): Link {
    const judge = "personalize:DescribeDatasetImportJob";
    if ("unread" in fetched) {
        return unknownLink(name, judge, fetched.unread);
    }
    if (!fetched.is) {
        return unknownLink(name, judge, "no job was named");
    }
    const { arn, status, failureReason } = fetched.is;
    if (failureReason === undefined) {
        return linkOf(name, judge, `${status}`, []);
    }
    if (found.some(({ verdict }) => verdict === "broken")) {
        return linkOf(name, judge, "", [warning("job-other-reason", `It failed: ${failureReason}`, "none", arn)]);
    }
    const again = `It failed (${failureReason}), but nothing is broken now: it was fixed since. Import again.`;
    const isSound = found.every(({ verdict }) => verdict !== "unknown");
    return isSound && /Insufficient privileges/.test(failureReason) && hasConditions(bucketPolicy)
        ? linkOf(name, judge, "", [warning("job-bucket-conditions", `${again} ${leaveOut}`, "none", arn)])
        : linkOf(name, judge, "", [warning("job-other-reason", again, "none", arn)]);
}
