import type { Import } from "policy-evaluator";
import { keyAfterRepair } from "./file-repairs.ts";
import type { Finding, Scene } from "./link.ts";
import { type Repair, repairs } from "./repairs.ts";

/** A fix in two forms: in this program, and as AWS CLI commands. */
export interface Fix extends Repair {
    readonly faults: readonly Finding["fault"][];
}

/** The fixes of all findings, one for each place: a document is written once and as a whole. */
export function fixesOf(scene: Scene, findings: readonly Finding[]): Fix[] {
    const fixed = repairedImport(scene, findings);
    const grouped = new Map<string, Finding[]>();
    for (const finding of findings.filter(({ place }) => place !== "none")) {
        const id = `${finding.place} ${finding.place === "rolePolicy" || finding.place === "location" ? "" : (finding.about ?? "")}`;
        grouped.set(id, [...(grouped.get(id) ?? []), finding]);
    }
    // A bucket that moves to another region gets new policies there.
    const moved = fixed.bucket !== scene.of.bucket;
    const isMove = ([first]: Finding[]) => moved && first?.place === "location";
    const groups = [...grouped.values()];
    // The new bucket is created before anything is written to it.
    return [...groups.filter(isMove), ...groups.filter((group) => !isMove(group))].map((group) => {
        const [{ place }] = group as [Finding];
        const faults = [...new Set(group.map(({ fault }) => fault))];
        return { faults, ...repairs[place](scene, fixed, group, moved) };
    });
}

/** The import after its location is fixed. */
function repairedImport({ of, snapshot, bucketPolicy }: Scene, findings: readonly Finding[]): Import {
    const key = findings.find(
        ({ fault, place }) =>
            ["object-wrong-key", "folder-without-slash", "folder-nested"].includes(fault) && place === "location",
    )?.about;
    const far = findings.some(({ fault }) => fault === "bucket-region");
    return {
        ...of,
        key: key ?? keyAfterRepair({ of, snapshot, bucketPolicy }, findings) ?? of.key,
        keys: [],
        bucket: far ? `${of.bucket}-${snapshot.region}`.slice(-63).replace(/^[-.]+/, "") : of.bucket,
    };
}
