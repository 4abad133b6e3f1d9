import { shell } from "terminal-text";
import { parseShape } from "../data-file/fields.ts";
import { isFolder } from "../data-file/names.ts";
import type { Finding, Scene } from "../link.ts";
import { fetchedValue } from "../snapshot.ts";
import { sentencesOf } from "./add-statements.ts";
import { conversion } from "./conversion.ts";
import { bucketArnOf, importedFrom, type Repair } from "./steps.ts";

/** Faults of a file that no conversion removes: its owner must provide other data. */
const needData: readonly Finding["fault"][] = ["object-missing", "object-empty", "rows-too-few", "object-too-large"];

const data = "the owner of the data";

/** Returns the fix for the objects of one location: a file or a folder. */
export function fixObject(scene: Scene, group: readonly Finding[]): Repair {
    const { of, snapshot } = scene;
    const { about = of.key } = group[0] ?? {};
    const has = (fault: Finding["fault"]) => group.some((each) => each.fault === fault);
    if (has("object-archived")) return { ask: `${data}: ${askToRestore(scene, about)}` };
    if (has("object-other-owner")) {
        const rules = ["--ownership-controls", "Rules=[{ObjectOwnership=BucketOwnerEnforced}]"];
        const enforce = shell("aws", "s3api", "put-bucket-ownership-controls", "--bucket", of.bucket, ...rules);
        return {
            ask:
                `the account that wrote s3://${of.bucket}/${about}: upload it again with --acl bucket-owner-full-control, into a bucket whose object ownership is BucketOwnerPreferred. ` +
                `Or the bucket's owner, if no reader needs an ACL of this bucket: ${enforce}`,
        };
    }
    const program = snapshot.owned[`${bucketArnOf(of)}/${about}`];
    if (program !== undefined) return { program };
    if (has("object-deleted")) {
        const versions = shell("aws", "s3api", "list-object-versions", "--bucket", of.bucket, "--prefix", about);
        return {
            ask: `${data}: was ${about} deleted on purpose? Deleting its delete marker brings it back: ${versions} shows it.`,
        };
    }
    if (has("object-customer-key")) {
        return { ask: `${data}: upload ${about} without a customer-provided key; SSE-KMS is possible.` };
    }
    const fix = needData.some(has) ? "provide a complete file" : conversion(scene, group, about);
    return typeof fix === "string" ? askForData(scene, about, group, fix) : fix;
}

/** Returns a request to the owner of the data to upload a new file under a new key. */
function askForData(
    { snapshot, of: { bucket } }: Scene,
    about: string,
    group: readonly Finding[],
    todo: string,
): Repair {
    const other = isFolder(about) ? `${about}new/` : about.replace(/(\.csv)?$/, ".new.csv");
    const key = group.some(({ fault }) => fault === "object-missing") ? about : other;
    const file = isFolder(key) ? `${key}data.csv` : key;
    const columns = parseShape(fetchedValue(snapshot.schema)?.text ?? "")?.fields ?? [];
    const upload = shell("aws", "s3", "cp", "YOUR.csv", `s3://${bucket}/${file}`);
    const header = columns.length > 0 ? `, with the header ${columns.map(({ name }) => name).join(",")}` : "";
    return {
        location: `s3://${bucket}/${key}`,
        ask: `${data}: ${todo}; then upload the file${header}: ${upload}. ${sentencesOf(group)}`,
        moved: importedFrom(key),
    };
}

/**
 * Returns the request to restore an archived object. A restore costs money and takes hours, and only the owner knows
 * whether the file is still needed.
 */
function askToRestore({ snapshot, of: { bucket } }: Scene, about: string): string {
    const facts = snapshot.objects.map(fetchedValue).find((each) => each?.key === about);
    const { storageClass = "GLACIER", isRestoring = false } = facts?.archived ?? {};
    const hours = storageClass.startsWith("DEEP_ARCHIVE") ? "12 hours" : "3 to 5 hours";
    const request = storageClass.endsWith("_ACCESS") ? "{}" : "Days=7,GlacierJobParameters={Tier=Standard}";
    const object = ["--bucket", bucket, "--key", about];
    const restore = shell("aws", "s3api", "restore-object", ...object, "--restore-request", request);
    const look = shell("aws", "s3api", "head-object", ...object);
    const start = isRestoring ? "its restore has begun" : `restore it with ${restore}`;
    return `${start}, which takes up to ${hours}; wait until ${look} shows Restore: ongoing-request="false", and import again.`;
}
