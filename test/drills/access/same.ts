import { isDeepStrictEqual } from "node:util";
import type { Snapshot } from "../../../runbooks/lib/access/snapshot.ts";

/** Parts of a fetched snapshot that differ from the built one, but for names that AWS makes up. */
export function differences(fetched: Snapshot, built: Snapshot): string[] {
    const [a, b] = [plain(fetched), plain(built)];
    return Object.keys(b).filter((part) => !isDeepStrictEqual(a[part], b[part]));
}

/** Without ids and keys of this run, spaces of documents, and what is asked of the job itself. */
function plain(snapshot: Snapshot): Record<string, unknown> {
    const { job: _job, schema: _schema, sourceArn: _sourceArn, caller: _caller, ...rest } = snapshot;
    const role = "is" in rest.role ? rest.role.is?.id : undefined;
    const text = JSON.stringify(rest)
        .replaceAll(/AROA[A-Z0-9]{10,}/g, (id) => (id === role ? "ROLE_OF_TODAY" : "ROLE_OF_BEFORE"))
        .replaceAll(/key\/[0-9a-zA-Z-]+/g, "key/KEY")
        .replaceAll(/policy\/boundary[\w-]*/g, "policy/boundary")
        .replaceAll(/"(boundary|PolicyInputList\.\d+|PermissionsBoundaryPolicyInputList\.\d+)[\w-]*"/g, '"policy"');
    const read = JSON.parse(text) as Record<string, unknown>;
    // By which policy the simulator decided: stored ones have names, given ones numbers.
    return JSON.parse(JSON.stringify(read, (name, value) => (name === "matched" ? (value as string[]).length : value)));
}
