import type { Statement } from "policy-evaluator";
import type { Finding, Scene } from "../link.ts";
import type { Snapshot } from "../snapshot.ts";
import { repairs } from "./repairs.ts";
import { formatCommand, type Repair, refusal, type Step } from "./steps.ts";

/**
 * The fix for all findings about one resource. `commands` only add the documented statements. The diagnosis has verified
 * that the findings disappear with these changes. If there is no such command, `ask` is a request to a person.
 */
export interface Fix {
    readonly faults: readonly Finding["fault"][];
    /**
     * A shell command that is not in `commands`: it restores a resource that the caller owns (`pulumi up`), or converts a
     * data file (`npm run data-prep`). Empty if there is none.
     */
    readonly program: string;
    /** Commands with complete documents, in the order to run. */
    readonly commands: readonly string[];
    /** The same commands as lists of arguments, each with the document that it writes and how to restore that. */
    readonly steps: readonly Pick<Step, "command" | "document" | "restore">[];
    /** Statements that the commands add. */
    readonly adds: readonly Statement[];
    /** Location for the next import, if it changes. */
    readonly location?: string;
    /** Role for the next import, if it changes. */
    readonly roleArn?: string;
    /** The person who can fix the resource, and a request to send to that person. */
    readonly ask?: string;
}

/**
 * The findings of a snapshot that prevent the import, and the scene (the snapshot with derived facts) from which they
 * follow.
 */
export interface Judged {
    readonly scene: Scene;
    readonly broken: readonly Finding[];
}

/**
 * Returns a finding's rank: lower ranks are fixed first. Bucket, key and role come first, because the policies contain
 * their names. A file's key comes before its content, because a converted file gets another key.
 */
function rankOf({ place, fault }: Finding): number {
    if (place === "location" || place === "key") return 0;
    if (place === "object") return 1;
    return fault === "role-missing" || fault === "role-path" ? 2 : 3;
}
/** Faults after which it is unknown which bucket the import needs, so that no policy can be fixed for it. */
const unresolved: readonly Finding["fault"][] = ["bucket-missing", "bucket-alias", "bucket-region"];
/** What a fix changes for a certain bucket only. */
const ofBucket: readonly Finding["place"][] = [
    "rolePolicy",
    "boundary",
    "organisation",
    "bucketPolicy",
    "object",
    "key",
];
const maxRounds = 6;
const idOf = ({ fault, place, about, sentence }: Finding) => [fault, place, about, sentence].join(" ");

/**
 * Returns the fixes of a diagnosis, one for each resource. After each round of fixes, judges the import again with the
 * changed documents, because a fault can hide another one. If commands do not make their findings disappear, returns a
 * request to a person instead.
 */
export function createFixes(judged: Judged, judge: (snapshot: Snapshot) => Judged): Fix[] {
    const fixes: { readonly group: readonly Finding[]; readonly repair: Repair }[] = [];
    const handled = new Set<string>();
    let { snapshot } = judged.scene;
    let now = judged;
    let isResolved = true;
    for (let round = 0; round < maxRounds; round++) {
        const open = grouped(now.broken).filter(
            ([id, [first]]) => !handled.has(id) && (isResolved || !(first && ofBucket.includes(first.place))),
        );
        const rank = Math.min(...open.flatMap(([, group]) => group.map(rankOf)));
        const groups = open.filter(([, group]) => group.some((finding) => rankOf(finding) === rank));
        if (groups.length === 0) break;
        for (const [id, group] of groups) {
            handled.add(id);
            const [{ place }] = group as [Finding];
            isResolved &&= group.every(({ fault }) => !unresolved.includes(fault));
            const repair = repairs[place](now.scene, group);
            fixes.push({ group, repair });
            for (const step of repair.steps ?? []) snapshot = step.applied(snapshot);
            snapshot = repair.moved?.(snapshot) ?? snapshot;
        }
        now = judge(snapshot);
    }
    const left = new Set(now.broken.map(idOf));
    return fixes.map(({ group, repair }) =>
        printed(
            group,
            repair,
            group.some((finding) => left.has(idOf(finding))),
        ),
    );
}

/** Groups findings by the resource to fix. */
function grouped(findings: readonly Finding[]): [string, Finding[]][] {
    const groups = new Map<string, Finding[]>();
    for (const finding of findings.filter(({ place }) => place !== "none")) {
        const { place, about = "" } = finding;
        const id = place === "location" ? place : `${place} ${about}`;
        groups.set(id, [...(groups.get(id) ?? []), finding]);
    }
    return [...groups];
}

function printed(group: readonly Finding[], repair: Repair, remains: boolean): Fix {
    const { steps = [], program = "", location, roleArn, ask, owner } = repair;
    const common = {
        faults: [...new Set(group.map(({ fault }) => fault))],
        program,
        ...(location !== undefined && { location }),
        ...(roleArn !== undefined && { roleArn }),
    };
    const none = { ...common, commands: [], steps: [], adds: [] };
    const refused = steps.map(refusal).find((each) => each !== undefined);
    if (steps.length === 0) return { ...none, ...(ask !== undefined && { ask }) };
    if (refused !== undefined || remains) {
        if (program !== "") return none;
        const why = refused ?? "with them alone, the import would not pass";
        const adds = JSON.stringify(steps.flatMap((step) => step.adds));
        return { ...none, ask: `${owner}: the import needs ${adds}; ${why}.` };
    }
    return {
        ...common,
        commands: steps.map(formatCommand),
        steps: steps.map(({ command, document, restore }) => ({ command, document, restore })),
        adds: steps.flatMap(({ adds }) => adds),
    };
}
