import type { Import, ParsedPolicy } from "policy-evaluator";
import type { Known } from "./context.ts";
import type { Explanation } from "./explain.ts";
import type { FaultId } from "./faults.ts";
import type { Fetched, Snapshot } from "./snapshot.ts";

/** What a fix changes: a policy, the import's location, an object or a KMS key. */
export type FixTarget =
    | ("passRole" | "rolePolicy" | "trust" | "boundary" | "organization")
    | ("bucketPolicy" | "location" | "object" | "key" | "none");

export interface Finding {
    readonly fault: FaultId;
    /**
     * Verdict of the finding. `broken`: the import fails. `warning`: the import works, but the setup should be changed.
     */
    readonly verdict: "broken" | "warning";
    /** The finding in one sentence. */
    readonly sentence: string;
    /** What proves the finding, such as the statement, the request with its context, or a line of the file. */
    readonly evidence: readonly string[];
    readonly place: FixTarget;
    /** The object, KMS key or policy that the finding is about. */
    readonly about?: string;
    /** The deciding statement with its conditions, if the finding comes from policies. */
    readonly explanation?: Omit<Explanation, "sentence" | "evidence">;
}

/** One of the conditions for an import to read its data, such as the role's trust policy. */
export interface Link {
    readonly link: string;
    readonly verdict: "ok" | "broken" | "warning" | "unknown";
    /** The link's result in a few words. */
    readonly detail: string;
    readonly findings: readonly Finding[];
    /** Whom to ask what, if the link could not be judged. */
    readonly ask?: string;
    /** The service's message about a failed import that no link explains. */
    readonly unexplained?: string;
}

/** The input of the functions that judge links: the snapshot, and facts derived from it. */
export interface Scene {
    readonly snapshot: Snapshot;
    readonly of: Import;
    /** Which values of condition keys the snapshot contains. */
    readonly knownValues: Known;
    readonly bucketPolicy: ParsedPolicy | undefined;
}

const createFindingFactory =
    (verdict: Finding["verdict"]) =>
    (fault: FaultId, sentence: string, place: FixTarget, ...evidence: string[]): Finding => ({
        fault,
        verdict,
        sentence,
        evidence,
        place,
    });

/** Creates a finding about a fault that prevents the import. */
export const breaks = createFindingFactory("broken");
/** Creates a finding about a fault that does not prevent the import by itself. */
export const warning = createFindingFactory("warning");

/**
 * Creates a link with the verdict that follows from its findings. `detail` is the link's text if it has no findings.
 */
export function createLink(link: string, detail: string, findings: readonly Finding[] = []): Link {
    const isBroken = findings.some((each) => each.verdict === "broken");
    const verdict = isBroken ? "broken" : findings.length > 0 ? "warning" : "ok";
    return { link, verdict, detail: findings[0]?.sentence ?? detail, findings };
}

/** Creates a link that could not be judged; `detail` states why, and `ask` whom to ask what. */
export const unknownLink = (link: string, detail: string, ask?: string): Link => ({
    link,
    verdict: "unknown",
    detail,
    findings: [],
    ...(ask !== undefined && { ask }),
});

/** Judges what was fetched. If it could not be read, the link is unknown. */
export const judgeFetched = <T>(link: string, fetched: Fetched<T>, judge: (value: T) => Link): Link =>
    "is" in fetched ? judge(fetched.is) : unknownLink(link, fetched.unread);
