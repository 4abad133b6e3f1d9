import type { Import } from "policy-evaluator";
import { objectKeys } from "../../../../config/config.ts";
import { shell } from "../../audit/inventory/thing.ts";
import { shapeOf } from "../../data-file/fields.ts";
import { isFolder, repairedKey } from "../../data-file/names.ts";
import { repairProblem } from "../../data-file/repair.ts";
import type { Finding, Scene } from "../link.ts";
import { readFiles } from "../links/file.ts";
import { known, type Snapshot } from "../snapshot.ts";
import { importedFrom } from "./places.ts";

/** The fix of a file that is wrong. Nothing is replaced: commands write a new object beside it. */
export interface FileRepair {
    /** Commands of this program, for the file that its stack uploads; else empty. */
    readonly program: string;
    /** Commands as words. */
    readonly commands: readonly (readonly string[])[];
    readonly undo?: readonly string[];
    /** Key of the next import, if it changes. */
    readonly key?: string;
    /** The person who can fix it, and the request to that person, if a command does not do it alone. */
    readonly ask?: string;
    /** The snapshot after the fix. */
    applied(snapshot: Snapshot): Snapshot;
}

/** Faults that only other data can end. */
const needData: readonly Finding["fault"][] = ["object-missing", "object-empty", "rows-too-few", "object-too-large"];

/** Fixes the objects of one place: a file, or a folder. */
export function repairFile(scene: Scene, group: readonly Finding[]): FileRepair {
    const { of } = scene;
    const [{ about = scene.of.key }] = group as [Finding];
    const has = (fault: Finding["fault"]) => group.some((each) => each.fault === fault);
    if (has("object-archived")) return restored(scene, of, about);
    if (has("object-other-owner")) return otherOwner(of, about);
    if (isOfStack(scene, about)) {
        return {
            program: "npm run data-prep && pulumi up   # or repair the file of config interactionsFile, and pulumi up",
            commands: [],
            applied: (snapshot) => snapshot,
        };
    }
    const why = needData.some(has) ? group[0]?.sentence : problemOf(scene);
    return why === undefined ? repairedBeside(scene, of, about) : ownData(scene, of, about, has("object-missing"), why);
}

const isOfStack = ({ snapshot }: Scene, key: string) =>
    snapshot.ownedByStack && [objectKeys.interactions, objectKeys.items, objectKeys.users].some((each) => each === key);

function problemOf({ snapshot }: Scene): string | undefined {
    const objects = snapshot.objects.flatMap((each) => ("is" in each ? [each.is] : []));
    return readFiles(snapshot, objects)
        .filter(({ isStray }) => !isStray)
        .map(({ sample, shape, facts }) => repairProblem(sample, shape, facts.key))
        .find((problem) => problem !== undefined);
}

function repairedBeside({ snapshot }: Scene, { bucket }: Pick<Import, "bucket">, about: string): FileRepair {
    const key = repairedKey(about);
    const schema = known(snapshot.schema)?.arn;
    const remove = ["aws", "s3", "rm", `s3://${bucket}/${key}`];
    return {
        program: "",
        commands: [
            [
                ...["npm", "run", "repair-file", "--", `s3://${bucket}/${about}`],
                ...(schema ? ["--schema", schema] : []),
            ],
        ],
        undo: isFolder(key) ? [...remove, "--recursive"] : remove,
        key,
        applied: importedFrom(key),
    };
}

/** Only the data's owner has the data; a new file goes to a key that does not exist. */
function ownData(
    { snapshot }: Scene,
    { bucket }: Pick<Import, "bucket">,
    about: string,
    isMissing: boolean,
    why: string,
): FileRepair {
    const key = isMissing ? about : isFolder(about) ? `${about}new/` : about.replace(/(\.csv)?$/, ".new.csv");
    const file = isFolder(key) ? `${key}data.csv` : key;
    const columns = shapeOf(known(snapshot.schema)?.text ?? "")?.fields ?? [];
    const upload = shell("aws", "s3", "cp", "YOUR.csv", `s3://${bucket}/${file}`);
    const header = columns.length > 0 ? `, with the header ${columns.map(({ name }) => name).join(",")}` : "";
    return {
        program: "",
        commands: [],
        key,
        ask: `the owner of the data: upload a complete file${header}: ${upload}. No command repairs this one: ${why}`,
        applied: importedFrom(key),
    };
}

const days = 7;

/** A restore adds a temporary copy; the object stays in its class. */
function restored({ snapshot }: Scene, { bucket }: Pick<Import, "bucket">, about: string): FileRepair {
    const facts = snapshot.objects.flatMap((each) => ("is" in each && each.is.key === about ? [each.is] : []))[0];
    const { storageClass = "GLACIER", isRestoring = false } = facts?.archived ?? {};
    const isTier = storageClass.endsWith("_ACCESS");
    const hours = storageClass.startsWith("DEEP_ARCHIVE") ? "12 hours" : "3 to 5 hours";
    const request = isTier ? "{}" : `Days=${days},GlacierJobParameters={Tier=Standard}`;
    const look = `aws s3api head-object --bucket ${bucket} --key ${about} shows Restore: ongoing-request="false"`;
    return {
        program: "",
        commands: isRestoring
            ? []
            : [["aws", "s3api", "restore-object", "--bucket", bucket, "--key", about, "--restore-request", request]],
        ask: `wait for the restore, up to ${hours}. Import again when ${look}. ${isTier ? "The object then is in a tier that can be read." : `The copy stays ${days} days.`}`,
        applied: (after) => ({
            ...after,
            objects: after.objects.map((each) =>
                "is" in each && each.is.key === about ? { unread: `${about} is not restored yet` } : each,
            ),
        }),
    };
}

function otherOwner({ bucket }: Pick<Import, "bucket">, about: string): FileRepair {
    const enforce = `aws s3api put-bucket-ownership-controls --bucket ${bucket} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`;
    return {
        program: "",
        commands: [],
        ask:
            `the account that wrote s3://${bucket}/${about}: upload it again with --acl bucket-owner-full-control, into a bucket whose object ownership is BucketOwnerPreferred. ` +
            `Or the bucket's owner, if no reader needs an ACL of this bucket: ${enforce}`,
        applied: (snapshot) => snapshot,
    };
}
