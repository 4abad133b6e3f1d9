import type { Import, ParsedPolicy } from "policy-evaluator";
import type { Known } from "./context.ts";
import type { Explanation } from "./explain.ts";
import type { FaultId } from "./faults.ts";
import type { Snapshot } from "./snapshot.ts";

type Verdict = "ok" | "broken" | "warning" | "unknown";

/** Resources that are fixed as a whole: a document or an object. */
export type FixTarget =
    | "passRole"
    | "rolePolicy"
    | "trust"
    | "bucketPolicy"
    | "boundary"
    | "organisation"
    | "bucket"
    | "location"
    | "object"
    | "key"
    | "none";

export interface Finding {
    readonly fault: FaultId;
    /** `warning`: the import works, but the setup should be changed. */
    readonly verdict: "broken" | "warning";
    /** The finding in one sentence. */
    readonly sentence: string;
    /** The statement, the request with its context, or the text that proves the finding. */
    readonly evidence: readonly string[];
    readonly place: FixTarget;
    /** The object, KMS key or policy of the finding. */
    readonly about?: string;
    /** The statement and the conditions that decide, if policies decide. */
    readonly explanation?: Omit<Explanation, "sentence" | "evidence">;
}

/** One of the conditions for an import to read its data, such as the role's trust policy. */
export interface Link {
    readonly link: string;
    /** What decided: `iam:SimulatePrincipalPolicy`, this program's evaluator, or S3's own response. */
    readonly judge: string;
    readonly verdict: Verdict;
    /** The result in a few words. */
    readonly detail: string;
    readonly findings: readonly Finding[];
}

/** The input of all links: the snapshot, and facts that follow from it. */
export interface Scene {
    readonly snapshot: Snapshot;
    readonly of: Import;
    /** Values of condition keys that the snapshot has. */
    readonly known: Known;
    readonly bucketPolicy: ParsedPolicy | undefined;
}

export const simulator = "iam:SimulatePrincipalPolicy";
export const evaluator = "policy-evaluator over the fetched document";

const findingOf =
    (verdict: Finding["verdict"]) =>
    (fault: FaultId, sentence: string, place: FixTarget, ...evidence: string[]): Finding => ({
        fault,
        verdict,
        sentence,
        evidence,
        place,
    });

/** Creates a finding that prevents the import. */
export const breaks = findingOf("broken");
/** Creates a finding that does not prevent the import by itself. */
export const warning = findingOf("warning");

/** Creates a link from its findings. `detail` is its text if there are no findings. */
export function linkOf(link: string, judge: string, detail: string, findings: readonly Finding[]): Link {
    const verdict = findings.some((each) => each.verdict === "broken")
        ? "broken"
        : findings.length > 0
          ? "warning"
          : "ok";
    return { link, judge, verdict, detail: findings[0]?.sentence ?? detail, findings };
}

/** Creates a link that could not be judged. `detail` is the reason. */
export const unknownLink = (link: string, judge: string, detail: string): Link => ({
    link,
    judge,
    verdict: "unknown",
    detail,
    findings: [],
});
