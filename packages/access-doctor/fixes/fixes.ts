import type { Statement } from "policy-evaluator";
import { shell } from "terminal-text";
import type { Finding, Scene } from "../link.ts";
import type { Snapshot } from "../snapshot.ts";
import { repairs } from "./repairs.ts";
import { type Repair, refusal, type Step } from "./steps.ts";

/**
 * The fix for all findings about one resource. `commands` only add the documented statements. The diagnosis has verified
 * that the findings disappear with these changes. If there is no such command, `ask` is a request to a person.
 */
export interface Fix extends Pick<Repair, "location" | "roleArn" | "ask"> {
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
/** What a fix changes independently of the bucket. */
const ofAnyBucket: readonly Finding["place"][] = ["passRole", "trust", "location"];
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
            ([id, [first]]) => !handled.has(id) && (isResolved || (first && ofAnyBucket.includes(first.place))),
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
            snapshot = repair.step?.applied(snapshot, JSON.stringify(repair.step.document)) ?? snapshot;
            snapshot = repair.moved?.(snapshot) ?? snapshot;
        }
        now = judge(snapshot);
    }
    const left = new Set(now.broken.map(idOf));
    return fixes.map(({ group, repair }) => {
        const remains = group.some((finding) => left.has(idOf(finding)));
        return { faults: [...new Set(group.map(({ fault }) => fault))], ...printed(repair, remains) };
    });
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

/** Returns the fix by a repair. If the repair's step cannot be used, the fix is a request to the owner. */
function printed(
    { step, program = "", owner, moved: _moved, ...repair }: Repair,
    remains: boolean,
): Omit<Fix, "faults"> {
    const none = { ...repair, program, commands: [], steps: [], adds: [] };
    if (!step) return none;
    const { command, document, restore, adds } = step;
    const refused = refusal(step);
    if (refused === undefined && !remains) {
        const commands = [shell(...command, JSON.stringify(document))];
        return { ...none, commands, steps: [{ command, document, restore }], adds };
    }
    if (program !== "") return none;
    const why = refused ?? "with them alone, the import would not pass";
    return { ...none, ask: `${owner}: the import needs ${JSON.stringify(adds)}; ${why}.` };
}
