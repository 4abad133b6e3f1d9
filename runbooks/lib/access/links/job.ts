import { type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { warning } from "./policies.ts";

const name = "what the job says";

/** The job's own failure reason. It names the access, or the file, but never the link. */
export function job({ snapshot: { job: fetched } }: Scene, found: readonly Link[]): Link {
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
    const explained = found.some(({ verdict }) => verdict === "broken");
    const sentence = explained
        ? `It failed: ${failureReason}`
        : `It failed (${failureReason}), and nothing is broken now: what was has been mended since, or import again.`;
    return linkOf(name, judge, "", [warning("job-other-reason", sentence, "none", arn)]);
}
