import type { Import } from "policy-evaluator";
import type { Finding, Scene } from "../link.ts";
import type { Snapshot } from "../snapshot.ts";
import { lackingFor } from "./permissions.ts";
import type { Repair } from "./repair.ts";
import { repairs } from "./repairs.ts";
import { review } from "./review.ts";
import { commandOf, refusal, type Step, undoOf } from "./steps.ts";

/** The fix of one place, simulated before it is printed. */
export interface Fix {
    readonly faults: readonly Finding["fault"][];
    /** A change to this program's configuration, or one of its commands; empty if the stack did not make the place. */
    readonly program: string;
    /** Commands with whole documents, in this order. */
    readonly commands: readonly string[];
    /** The commands as words, each with its document and its undo. */
    readonly steps: readonly Pick<Step, "command" | "document" | "undo">[];
    /** Location for the next import, if it changes. */
    readonly location?: string;
    /** Role for the next import, if it changes. */
    readonly roleArn?: string;
    /** Another person who can fix it, and the request to that person. */
    readonly ask?: string;
    /** Access that the commands add. */
    readonly allows: readonly string[];
    /** Commands that undo the fix, in this order. */
    readonly undo: readonly string[];
}

/** The broken findings of a snapshot, and the scene in which they were found. */
export interface Judged {
    readonly scene: Scene;
    readonly broken: readonly Finding[];
}

const replacesRole = ({ fault }: Finding) =>
    fault === "role-missing" || fault === "role-path" || fault.startsWith("role-deny");
/**
 * The bucket, the file and the role come first: other documents name them. A file's key comes before the file: a
 * repaired file is not read.
 */
const rankOf = (finding: Finding) =>
    ["location", "key"].includes(finding.place) ? 0 : finding.place === "object" ? 1 : replacesRole(finding) ? 2 : 3;
const mostRounds = 6;

/**
 * The fixes of a diagnosis, one for each place. Each round is simulated: the chain is judged again with the changed
 * documents. A fault behind another one is fixed in the next round. A fix is withheld if it does not work, takes access
 * from a caller, or grants too much. Then its `ask` gives the reason.
 */
export function fixesOf(found: Judged, judge: (snapshot: Snapshot) => Judged): Fix[] {
    const fixes: Made[] = [];
    const handled = new Set<string>();
    const present = found.scene.snapshot;
    let snapshot = present;
    let now = found;
    for (let round = 0; round < mostRounds; round++) {
        const open = grouped(now.broken).filter(([id]) => !handled.has(id));
        const rank = Math.min(...open.flatMap(([, group]) => group.map(rankOf)));
        const groups = open.filter(([, group]) => group.some((finding) => rankOf(finding) === rank));
        if (groups.length === 0) break;
        for (const [id, group] of groups) {
            handled.add(id);
            const made = madeOf(now.scene, group, present);
            fixes.push(made);
            for (const step of made.steps) snapshot = step.applied(snapshot);
            snapshot = made.moved?.(snapshot) ?? snapshot;
        }
        now = judge(snapshot);
    }
    const idOf = ({ fault, place, about }: Finding) => [fault, place, about].join(" ");
    const left = new Set(now.broken.map(idOf));
    return fixes.map((made) =>
        printed(
            made,
            made.group.some((finding) => left.has(idOf(finding))),
        ),
    );
}

/** Findings by what is fixed as a whole. */
function grouped(findings: readonly Finding[]): [string, Finding[]][] {
    const groups = new Map<string, Finding[]>();
    for (const finding of findings.filter(({ place }) => place !== "none")) {
        const { place, about = "" } = finding;
        const id =
            place === "rolePolicy"
                ? `${place} ${replacesRole(finding)}`
                : place === "location"
                  ? place
                  : `${place} ${about}`;
        groups.set(id, [...(groups.get(id) ?? []), finding]);
    }
    return [...groups];
}

interface Made extends Repair {
    readonly of: Import;
    readonly group: readonly Finding[];
    /** Actions of the steps that the caller may not do. */
    readonly lacking: readonly string[];
    readonly caller: string;
}

function madeOf(scene: Scene, group: readonly Finding[], present: Snapshot): Made {
    const [{ place }] = group as [Finding];
    const repair = repairs[place](scene, group);
    const lacking = new Set(repair.steps.flatMap((step) => lackingFor(step, scene.of, present) ?? []));
    return { ...repair, of: scene.of, group, lacking: [...lacking], caller: present.caller };
}

function printed(made: Made, remains: boolean): Fix {
    const { of, group, program, steps, location, roleArn, ask, lacking, caller } = made;
    const faults = [...new Set(group.map(({ fault }) => fault))];
    const reviews = steps.map((step) => review(of, step));
    const against = reasonAgainst(steps, reviews, remains && steps.length > 0);
    const common = {
        faults,
        program,
        steps: [],
        allows: [],
        undo: [],
        ...(location && { location }),
        ...(roleArn && { roleArn }),
    };
    if (against !== undefined) {
        return { ...common, commands: [], ask: `the owner of ${placeNames(group)}: ${against}` };
    }
    const others = `${caller} may not ${lacking.join(", ")}. --write DIR saves the commands for a person who may.`;
    const request = `an administrator of account ${of.accountId}: ${purposeOf(group, of, caller)}. ${others}`;
    return {
        ...common,
        commands: lacking.length > 0 ? [] : steps.map(commandOf),
        steps: steps.map(({ command, document, undo }) => ({
            command,
            ...(document && { document }),
            ...(undo && { undo }),
        })),
        allows: [...new Set(reviews.flatMap(({ gained }) => gained))],
        undo: steps.flatMap((step) => undoOf(step) ?? []).toReversed(),
        ...(lacking.length > 0 ? { ask: request } : ask !== undefined && { ask }),
    };
}

function purposeOf(group: readonly Finding[], { roleArn, bucket }: Import, caller: string): string {
    const [{ place, about }] = group as [Finding];
    const purposes: Partial<Record<Finding["place"], string>> = {
        passRole: `allow ${caller} iam:PassRole on ${roleArn} to personalize.amazonaws.com`,
        rolePolicy: `let a role of Personalize list and read ${bucket}`,
        trust: `let Personalize assume ${roleArn}`,
        bucketPolicy: `let Personalize list and read ${bucket}`,
        boundary: `let the boundary of ${roleArn} allow the reads of ${bucket}`,
        key: `let ${roleArn} and Personalize use the key ${about}`,
        location: `make the bucket ${bucket}`,
    };
    return purposes[place] ?? `write a new object into ${bucket}`;
}

const placeNames = (group: readonly Finding[]) => {
    const names = {
        rolePolicy: "the role",
        trust: "the role",
        bucketPolicy: "the bucket",
        key: "the KMS key",
    } as const;
    const [{ place }] = group as [Finding];
    return place in names ? names[place as keyof typeof names] : `the ${place}`;
};

function reasonAgainst(
    steps: readonly Step[],
    reviews: readonly ReturnType<typeof review>[],
    remains: boolean,
): string | undefined {
    const refused = steps.map(refusal).find((each) => each !== undefined);
    const [lost] = reviews.flatMap((each) => each.lost);
    const [tooMuch] = reviews.flatMap((each) => each.tooMuch);
    const byHand = "Change it by hand";
    if (refused !== undefined) return `${byHand}: ${refused}.`;
    if (lost !== undefined) return `${byHand}: a generated policy would take access from ${lost}.`;
    if (tooMuch !== undefined) return `${byHand}: a generated policy would also allow ${tooMuch}.`;
    return remains ? `${byHand}: no generated policy was found that lets the import pass.` : undefined;
}
