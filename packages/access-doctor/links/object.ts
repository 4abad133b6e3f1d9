import { basename, dirname } from "node:path/posix";
import { distance } from "fastest-levenshtein";
import { importedKeys, isDataName, isFolder } from "../data-file/names.ts";
import { breaks, createLink, type Finding, type Link, type Scene, unknownLink } from "../link.ts";
import { fetchedValue, isBucketGone, type KeyListed, type Proposal, type Snapshot, separate } from "../snapshot.ts";
import { contentFindings, describeFiles } from "./file.ts";

/** Checks whether the objects exist under this key, can be read, and match the schema. */
export function objectLinks(scene: Scene): Link[] {
    const { snapshot } = scene;
    const { keys, key, bucket, objects } = snapshot;
    const unknowns = (why: string) => [unknownLink("object", why), unknownLink("file", why)];
    if (key === undefined) return unknowns("no key was named: use --key");
    if ("unread" in keys) return unknowns(keys.unread);
    if (isBucketGone(snapshot)) return unknowns("there is no bucket");
    const findings =
        objects.length === 0
            ? [absent(scene, keys.is)]
            : [...ownerFindings(scene, keys.is), ...archiveFindings(scene), ...customerKeyFindings(scene)];
    const object = createLink("object", `s3://${bucket}/${key} exists`, findings);
    const { read: found, unread } = separate(objects);
    const read = found.filter(({ start }) => start);
    const content = contentFindings(scene, read);
    if (content.length === 0 && (read.length === 0 || unread.length > 0)) {
        return [object, unknownLink("file", unread[0] ?? "there is nothing that can be read")];
    }
    return [object, createLink("file", describeFiles(scene, read), content)];
}

const broken = (fault: Finding["fault"], sentence: string, about: string, ...evidence: string[]): Finding => ({
    ...breaks(fault, sentence, "object", ...evidence),
    about,
});

/**
 * Undoes the changes that a copied URL makes to a key: `+` and `%20` for spaces, a slash at the start, doubled slashes.
 */
function plainKey(key: string): string {
    const plain = decoded(key.replaceAll("+", " "));
    return plain
        .replace(/\/+/g, "/")
        .replace(/^\/|\/$/g, "")
        .toLowerCase();
}

/** Maximum number of other locations to propose. */
const maxProposals = 3;

/**
 * Returns existing locations that the user may have meant by a key at which there is nothing: those that differ least.
 * Several locations are equally likely.
 */
export function proposals(key: string, listed: readonly KeyListed[]): Proposal[] {
    const keys = listed.flatMap((each) => (each.size > 0 && !each.isDeleted ? [each.key] : []));
    const foldersOf = (names: readonly string[]) => [...new Set(names.map((each) => `${dirname(each)}/`))];
    const inside = keys.filter((each) => each.startsWith(key));
    const data = inside.filter(isDataName);
    if (isFolder(key) && inside.length > 0) {
        return foldersOf(data.length > 0 ? data : inside).map((location) => ({ location, fault: "folder-nested" }));
    }
    if (keys.some((each) => each.startsWith(`${key}/`))) {
        return [{ location: `${key}/`, fault: "folder-without-slash" }];
    }
    const wanted = plainKey(key);
    const choices = [...(isFolder(key) ? foldersOf(keys).filter((each) => each !== "./") : []), ...keys];
    const far = (each: string) => distance(wanted, plainKey(each));
    const nearest = Math.min(...choices.map(far));
    const stem = (each: string) => basename(plainKey(each)).replace(/\..*$/, "");
    const found = [
        choices.filter((each) => far(each) === nearest && nearest <= Math.min(3, wanted.length / 3)),
        data,
        choices.filter((each) => basename(plainKey(each)) === basename(wanted)),
        choices.filter((each) => isDataName(each) && stem(each).startsWith(stem(key))),
    ].find((names) => names.length > 0);
    return (found ?? []).slice(0, maxProposals).map((location) => ({ location, fault: "object-wrong-key" }));
}

/** Returns the proposed locations whose objects were read: a proposal that cannot be read is no better. */
export const readable = ({ candidates }: Snapshot): Snapshot["candidates"] =>
    candidates.filter(({ objects }) => objects.length > 0 && objects.every((each) => "is" in each && each.is.size > 0));

/**
 * The error of S3 for an object that is encrypted with a customer-provided key (SSE-C). S3 decrypts it only for
 * requests that contain the key, and an import does not send it.
 */
function customerKeyFindings({ snapshot: { objects, bucket, key = "" } }: Scene): Finding[] {
    const text = separate(objects).unread.find((each) =>
        /form of Server Side Encryption|SSE-C|customer-provided/i.test(each),
    );
    const sentence = `s3://${bucket}/${key} is encrypted with a customer-provided key (SSE-C), which an import cannot send.`;
    return text === undefined ? [] : [broken("object-customer-key", sentence, key, `s3:GetObject: ${text}`)];
}

function absent({ snapshot }: Scene, all: readonly KeyListed[]): Finding {
    const { bucket, key = "" } = snapshot;
    const deleted = all.find((each) => each.isDeleted && (isFolder(key) ? each.key.startsWith(key) : each.key === key));
    if (deleted) {
        const sentence = `s3://${bucket}/${deleted.key} was deleted: its latest version is a delete marker.`;
        return broken("object-deleted", sentence, deleted.key, `s3:ListBucketVersions of ${bucket}: ${deleted.key}`);
    }
    const keys = all.map((each) => each.key);
    const evidence = [`s3:ListBucket of ${bucket}: ${keys.slice(0, 10).join(", ") || "no objects"}`];
    const proposed = readable(snapshot);
    const [first] = proposed;
    if (first === undefined) {
        return broken("object-missing", `There is nothing to import at s3://${bucket}/${key}.`, key, ...evidence);
    }
    const { location, fault } = first;
    const names = proposed.map((each) => each.location).join(" or ");
    const sentence = {
        "folder-without-slash": `${key} is a folder, and a folder is named with its slash: ${location}.`,
        "folder-nested": `The files of ${key} are in ${names}, and an import reads the first level of a folder only.`,
        "object-wrong-key": `There is no object ${key} in ${bucket}, but there is ${names}${differenceOf(key, location)}.`,
    }[fault];
    return { ...broken(fault, sentence, proposed.length === 1 ? location : key, ...evidence), place: "location" };
}

function differenceOf(key: string, similar: string): string {
    if (key !== similar && key.normalize() === similar.normalize()) {
        return ": the same letters in another Unicode form (NFC and NFD)";
    }
    if (key === `/${similar}` || similar === `/${key}`) return ": the slash at the start belongs to the key";
    if (key.replaceAll("+", " ") === similar || decoded(key) === similar)
        return ": a location is not a URL, and has blanks";
    return key.toLowerCase() === similar.toLowerCase() ? ": keys distinguish capital letters" : "";
}

function decoded(key: string): string {
    try {
        return decodeURIComponent(key);
    } catch {
        return key;
    }
}

/**
 * Returns the findings about objects of another account. The bucket policy does not apply to them, and their own ACL
 * denies the read.
 */
function ownerFindings({ snapshot }: Scene, listed: readonly KeyListed[]): Finding[] {
    const { key = "", objects, ownership } = snapshot;
    const [refused] = separate(objects).unread;
    const read = new Set(importedKeys(key, listed));
    const theirs = listed.filter((each) => each.owner !== undefined && read.has(each.key));
    const [first] = theirs;
    if (!first || refused === undefined || fetchedValue(ownership) === "BucketOwnerEnforced") return [];
    return [
        broken(
            "object-other-owner",
            `${first.key} belongs to another account, whose ACL denies the read: the bucket policy does not apply to it.`,
            key,
            `s3:ListBucket with owners: ${theirs.map((each) => `${each.key} belongs to ${each.owner}`).join(", ")}`,
            `object ownership of the bucket: ${fetchedValue(ownership) ?? "unknown"}`,
            `s3:GetObject: ${refused}`,
        ),
    ];
}

const classNames: Readonly<Record<string, string>> = {
    GLACIER: "Glacier Flexible Retrieval",
    DEEP_ARCHIVE: "Glacier Deep Archive",
    ARCHIVE_ACCESS: "the archive tier of Intelligent-Tiering",
    DEEP_ARCHIVE_ACCESS: "the deep archive tier of Intelligent-Tiering",
};

function archiveFindings({ snapshot }: Scene): Finding[] {
    return separate(snapshot.objects).read.flatMap(({ key, archived }): Finding[] => {
        if (!archived) return [];
        const state = archived.isRestoring ? "its restore has begun, and takes hours" : "it must be restored first";
        const sentence = `${key} is in ${classNames[archived.storageClass]} and cannot be read: ${state}.`;
        return [broken("object-archived", sentence, key, `s3:HeadObject: ${archived.storageClass}`)];
    });
}
