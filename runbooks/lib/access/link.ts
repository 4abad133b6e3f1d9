import type { Import, ParsedPolicy } from "policy-evaluator";
import type { FaultId } from "./faults.ts";
import type { Snapshot } from "./snapshot.ts";

export type Verdict = "ok" | "broken" | "warning" | "unknown";

/** The places whose documents or objects are mended as a whole. */
export type Place =
    | "passRole"
    | "rolePolicy"
    | "trust"
    | "bucketPolicy"
    | "boundary"
    | "bucket"
    | "location"
    | "object"
    | "key"
    | "none";

export interface Finding {
    readonly fault: FaultId;
    /** `warning`: it works, and is not as it should be. */
    readonly verdict: "broken" | "warning";
    /** One sentence for a person. */
    readonly sentence: string;
    /** The statement, the request and its context, the text: what shows it. */
    readonly evidence: readonly string[];
    readonly place: Place;
    /** Which object, key or policy of the place is meant. */
    readonly about?: string;
}

/** One link of the chain that an import hangs by. */
export interface Link {
    readonly link: string;
    /** Who judged: `iam:SimulatePrincipalPolicy`, this program's evaluator, S3's own answer. */
    readonly judge: string;
    readonly verdict: Verdict;
    /** What was found, in a few words. */
    readonly detail: string;
    readonly findings: readonly Finding[];
}

/** What all links look at: the snapshot, and what follows from it. */
export interface Scene {
    readonly snapshot: Snapshot;
    readonly of: Import;
    readonly bucketPolicy: ParsedPolicy | undefined;
}

export const simulator = "iam:SimulatePrincipalPolicy";
export const evaluator = "packages/policy-evaluator/evaluate.ts over the fetched document";

/** A link from its findings; `detail` is what is said when there are none. */
export function linkOf(link: string, judge: string, detail: string, findings: readonly Finding[]): Link {
    const verdict = findings.some((each) => each.verdict === "broken")
        ? "broken"
        : findings.length > 0
          ? "warning"
          : "ok";
    return { link, judge, verdict, detail: findings[0]?.sentence ?? detail, findings };
}

export const unknownLink = (link: string, judge: string, detail: string): Link => ({
    ...{ link, judge, verdict: "unknown", detail, findings: [] },
});
