import { basename } from "node:path";
import { distance } from "../condition-keys.ts";
import { type Finding, type Link, linkOf, type Scene, unknownLink } from "../link.ts";
import { isBucketGone, known, type ObjectFacts } from "../snapshot.ts";

const fewestInteractions = 1000;
/** A full import may have 100 GB (Developer Guide, "Amazon Personalize endpoints and quotas"). */
const largestImport = 100 * 1000 ** 3;

/** Whether the objects exist under this key, and match the schema. */
export function objectLinks(scene: Scene): Link[] {
    const { snapshot } = scene;
    const [listing, reading] = ["S3's listing", "the first kilobytes, by the dataset's schema"];
    const { keys, key, bucket } = snapshot;
    if (key === undefined) {
        const hint = "no key was named: use --key";
        return [unknownLink("object", listing, hint), unknownLink("file", reading, hint)];
    }
    if ("unread" in keys) {
        return [unknownLink("object", listing, keys.unread), unknownLink("file", reading, keys.unread)];
    }
    if (isBucketGone(snapshot)) {
        const gone = "there is no bucket";
        return [unknownLink("object", listing, gone), unknownLink("file", reading, gone)];
    }
    const missing =
        snapshot.objects.length === 0
            ? [
                  absent(
                      scene,
                      keys.is.map((each) => each.key),
                  ),
              ]
            : [];
    const object = linkOf("object", listing, `s3://${bucket}/${key} exists`, missing);
    const unread = snapshot.objects.find((each) => "unread" in each);
    if (snapshot.objects.length === 0 || (unread && "unread" in unread)) {
        return [
            object,
            unknownLink("file", reading, unread && "unread" in unread ? unread.unread : "there is nothing to read"),
        ];
    }
    const objects = snapshot.objects.flatMap((each) => ("is" in each ? [each.is] : []));
    return [object, linkOf("file", reading, describe(objects), contentFindings(scene, objects))];
}

const broken = (fault: Finding["fault"], sentence: string, about: string, ...evidence: string[]): Finding => ({
    fault,
    verdict: "broken",
    sentence,
    evidence,
    place: "object",
    about,
});

/** An existing key similar to a missing one. */
export function similarKey(key: string, keys: readonly string[]): string | undefined {
    const wanted = key.toLowerCase();
    return keys
        .map((each) => ({ each, far: distance(wanted, each.toLowerCase()) }))
        .filter(({ each, far }) => far <= 3 || basename(each).toLowerCase() === basename(wanted))
        .toSorted((a, b) => a.far - b.far)[0]?.each;
}

function absent({ snapshot: { bucket, key = "" } }: Scene, keys: readonly string[]): Finding {
    const evidence = [`s3:ListBucket of ${bucket}: ${keys.slice(0, 10).join(", ") || "no objects"}`];
    const inside = keys.find((each) => each.startsWith(`${key}/`));
    if (inside !== undefined && !key.endsWith("/")) {
        const sentence = `${key} is a folder, and a folder is named with its slash: ${key}/.`;
        return { ...broken("folder-without-slash", sentence, `${key}/`, ...evidence), place: "location" };
    }
    const similar = similarKey(key, keys);
    if (similar !== undefined) {
        const sentence = `There is no object ${key} in ${bucket}, but there is ${similar}.`;
        return { ...broken("object-wrong-key", sentence, similar, ...evidence), place: "location" };
    }
    return broken("object-missing", `There is nothing to import at s3://${bucket}/${key}.`, key, ...evidence);
}

function contentFindings({ snapshot }: Scene, objects: readonly ObjectFacts[]): Finding[] {
    const findings: Finding[] = [];
    const schema = known(snapshot.schema);
    for (const { key, size, start } of objects) {
        // Only HeadObject succeeded, which shows nothing of the content.
        if (start === "" && size > 0) continue;
        const header = start.split(/\r?\n/, 1)[0] ?? "";
        if (size === 0) {
            findings.push(broken("object-empty", `${key} is empty.`, key, `size: 0 bytes`));
            continue;
        }
        if (size > largestImport) {
            findings.push(broken("object-too-large", `${key} has ${size} bytes; an import takes at most 100 GB.`, key));
        }
        if (header.includes('"')) {
            const sentence = `The header of ${key} is in quotes, which Personalize reads as part of the names.`;
            findings.push(broken("header-quoted", sentence, key, `header: ${header}`));
        }
        const columns = header.replaceAll('"', "").split(",");
        const lacking = requiredColumns(schema?.text).filter((name) => !columns.includes(name));
        if (lacking.length > 0) {
            const sentence = `${key} lacks ${lacking.join(", ")}, which the dataset's schema has.`;
            findings.push(broken("column-missing", sentence, key, `header: ${header}`, `schema: ${schema?.text}`));
        }
    }
    const rows = rowsOf(objects);
    const isInteractions = schema === undefined || schema.datasetType === "INTERACTIONS";
    if (isInteractions && rows !== undefined && rows < fewestInteractions && objects.some(({ size }) => size > 0)) {
        const about = objects[0]?.key ?? "";
        const sentence = `There are ${rows} interactions, and an import needs ${fewestInteractions} or more.`;
        findings.push(
            broken("rows-too-few", sentence, about, `rows in ${objects.map(({ key }) => key).join(", ")}: ${rows}`),
        );
    }
    return findings;
}

/** Rows without headers; undefined if an object was not read completely. */
function rowsOf(objects: readonly ObjectFacts[]): number | undefined {
    let rows = 0;
    for (const { lines } of objects) {
        if (lines === undefined) return undefined;
        rows += Math.max(0, lines - 1);
    }
    return rows;
}

function requiredColumns(schema: string | undefined): string[] {
    try {
        const { fields = [] } = JSON.parse(schema ?? "{}") as { fields?: { name: string }[] };
        return fields.map(({ name }) => name);
    } catch {
        return [];
    }
}

function describe(objects: readonly ObjectFacts[]): string {
    const bytes = objects.reduce((sum, { size }) => sum + size, 0);
    const rows = rowsOf(objects);
    const counted = rows === undefined ? "more rows than were counted" : `${rows.toLocaleString("en")} rows`;
    return `${objects.length === 1 ? "a file" : `${objects.length} files`} of ${bytes.toLocaleString("en")} bytes, ${counted}, with the schema's columns`;
}
