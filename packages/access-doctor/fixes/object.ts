import type { Import } from "policy-evaluator";
import { shell } from "terminal-text";
import { parseShape } from "../data-file/fields.ts";
import { isFolder } from "../data-file/names.ts";
import type { Finding, Scene } from "../link.ts";
import { fetchedValue } from "../snapshot.ts";
import { conversion } from "./conversion.ts";
import { bucketArnOf, importedFrom, type Repair } from "./steps.ts";

/** Faults of a file that no conversion removes: its owner must provide other data. */
const needData: readonly Finding["fault"][] = ["object-missing", "object-empty", "rows-too-few", "object-too-large"];

/** Returns the fix for the objects of one location: a file or a folder. */
export function fixObject(scene: Scene, group: readonly Finding[]): Repair {
    const { of } = scene;
    const { about = scene.of.key } = group[0] ?? {};
    const has = (fault: Finding["fault"]) => group.some((each) => each.fault === fault);
    if (has("object-archived")) return restored(scene, about);
    if (has("object-other-owner")) return otherOwner(of, about);
    const program = scene.snapshot.owned[`${bucketArnOf(of)}/${about}`];
    if (program !== undefined) return { program };
    if (has("object-deleted")) {
        const versions = shell("aws", "s3api", "list-object-versions", "--bucket", of.bucket, "--prefix", about);
        return {
            ask: `the owner of the data: was ${about} deleted on purpose? Deleting its delete marker brings it back: ${versions} shows it.`,
        };
    }
    if (has("object-customer-key")) {
        return { ask: `the owner of the data: upload ${about} without a customer-provided key; SSE-KMS is possible.` };
    }
    if (needData.some(has)) return ownData(scene, about, group, "provide a complete file");
    const fix = conversion(scene, group, about);
    return typeof fix === "string" ? ownData(scene, about, group, fix) : fix;
}

/** Returns a request to the owner of the data to upload a new file under a new key. */
function ownData({ snapshot, of: { bucket } }: Scene, about: string, group: readonly Finding[], todo: string): Repair {
    const other = isFolder(about) ? `${about}new/` : about.replace(/(\.csv)?$/, ".new.csv");
    const key = group.some(({ fault }) => fault === "object-missing") ? about : other;
    const file = isFolder(key) ? `${key}data.csv` : key;
    const columns = parseShape(fetchedValue(snapshot.schema)?.text ?? "")?.fields ?? [];
    const upload = shell("aws", "s3", "cp", "YOUR.csv", `s3://${bucket}/${file}`);
    const header = columns.length > 0 ? `, with the header ${columns.map(({ name }) => name).join(",")}` : "";
    return {
        location: `s3://${bucket}/${key}`,
        ask: `the owner of the data: ${todo}; then upload the file${header}: ${upload}. ${group.map(({ sentence }) => sentence).join(" ")}`,
        moved: importedFrom(key),
    };
}

/**
 * Returns a request to the owner of an archived object to restore it. A restore costs money and takes hours, and only
 * the owner knows whether the file is still needed.
 */
function restored({ snapshot, of: { bucket } }: Scene, about: string): Repair {
    const facts = snapshot.objects.flatMap((each) => ("is" in each && each.is.key === about ? [each.is] : []))[0];
    const { storageClass = "GLACIER", isRestoring = false } = facts?.archived ?? {};
    const hours = storageClass.startsWith("DEEP_ARCHIVE") ? "12 hours" : "3 to 5 hours";
    const request = storageClass.endsWith("_ACCESS") ? "{}" : "Days=7,GlacierJobParameters={Tier=Standard}";
    const object = ["--bucket", bucket, "--key", about];
    const restore = shell("aws", "s3api", "restore-object", ...object, "--restore-request", request);
    const look = shell("aws", "s3api", "head-object", ...object);
    const start = isRestoring ? "its restore has begun" : `restore it with ${restore}`;
    return {
        ask: `the owner of the data: ${start}, which takes up to ${hours}; wait until ${look} shows Restore: ongoing-request="false", and import again.`,
    };
}

function otherOwner({ bucket }: Pick<Import, "bucket">, about: string): Repair {
    const rules = "Rules=[{ObjectOwnership=BucketOwnerEnforced}]";
    const enforce = shell(
        ...["aws", "s3api", "put-bucket-ownership-controls", "--bucket", bucket, "--ownership-controls", rules],
    );
    return {
        ask:
            `the account that wrote s3://${bucket}/${about}: upload it again with --acl bucket-owner-full-control, into a bucket whose object ownership is BucketOwnerPreferred. ` +
            `Or the bucket's owner, if no reader needs an ACL of this bucket: ${enforce}`,
    };
}
