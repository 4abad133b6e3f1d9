import { toList } from "policy-evaluator";
import { breaks, createLink, type Finding, type Link, type Scene, unknownLink, warning } from "../link.ts";
import { explainMessage, type Message } from "../messages.ts";
import { hasSource, namesPersonalize } from "./policies.ts";

const name = "import job result";

/** The text of the link about the job's result if there is neither a job nor a pasted message. */
export const noJob = "no job was named";

/**
 * Advice to leave out the conditions `aws:SourceAccount` and `aws:SourceArn` of the bucket policy, because the
 * Developer Guide shows them only for the trust policy.
 */
const leaveOut =
    "If it fails again, Personalize may not send the conditions of the bucket policy; leave them out: " +
    "pulumi config set bucketPolicyConditions false && pulumi up";

const hasConditions = (policy: Scene["bucketPolicy"]): boolean =>
    policy !== undefined &&
    "document" in policy &&
    toList(policy.document.Statement).some((statement) => namesPersonalize(statement) && hasSource(statement));

/** Judges the service's own message about the import: the job's failure reason, or a message that the user pasted. */
export function job(scene: Scene, earlier: readonly Link[]): Link {
    const { job: fetched, reported } = scene.snapshot;
    if ("unread" in fetched) {
        return unknownLink(name, fetched.unread);
    }
    const { arn = "the pasted message", status, failureReason } = fetched.is ?? {};
    const words = failureReason ?? reported;
    if (words !== undefined) {
        return judged(scene, earlier, words, arn);
    }
    if (status === "CREATE FAILED") {
        return unknownLink(name, "it failed, and Personalize gives no reason");
    }
    const isRunning = status !== undefined && status !== "ACTIVE";
    return createLink(name, isRunning ? `${status}: not failed yet` : (status ?? noJob), []);
}

function judged(scene: Scene, earlier: readonly Link[], words: string, arn: string): Link {
    const message = explainMessage(words);
    const isBroken = (...links: string[]) =>
        earlier.some(({ link, verdict }) => verdict === "broken" && links.includes(link));
    const note = (fault: Finding["fault"], sentence: string) =>
        createLink(name, "", [warning(fault, sentence, "none", `${arn}: ${words}`)]);
    const refused = (fault: Finding["fault"], sentence: string) =>
        createLink(name, "", [breaks(fault, sentence, "none", `${arn}: ${words}`)]);
    const failed = `It failed: ${words}`;
    if (message?.subject === "file" && !isBroken("file", "object")) {
        return refused("file-refused", fileSentence(scene, message, words));
    }
    if (earlier.some(({ verdict }) => verdict === "broken")) {
        return note("job-other-reason", failed);
    }
    if (message && isOfCall(scene, message)) {
        return refused("call-refused", message.cause);
    }
    if (!message || earlier.some(({ verdict }) => verdict === "unknown")) {
        const why = message ? "nothing is broken in what could be checked" : "this reason is not known here";
        return unknownLink(name, `it failed (${words}), and ${why}`);
    }
    const again = `It failed (${words}), but nothing is broken now: it was fixed since. Import again.`;
    return /Insufficient privileges/.test(words) && hasConditions(scene.bucketPolicy)
        ? note("job-bucket-conditions", `${again} ${leaveOut}`)
        : note("job-other-reason", again);
}

/**
 * Checks whether a message has a cause that the diagnosis cannot check: quotas, credentials, or the permissions of
 * another caller.
 */
function isOfCall({ snapshot: { caller } }: Scene, { subject, mentions: { callerArn } }: Message): boolean {
    return (
        subject === "service" ||
        subject === "credentials" ||
        (subject === "caller" && callerArn !== undefined && callerArn !== caller)
    );
}

function fileSentence({ snapshot: { bucket, key = "" } }: Scene, { mentions }: Message, words: string): string {
    const [line] = mentions.lines;
    const columns = mentions.columns.join(", ");
    const where = line !== undefined ? `line ${line} of ` : columns !== "" ? `${columns} in ` : "";
    return `The service refuses ${where}s3://${bucket}/${key}: “${words}”`;
}
