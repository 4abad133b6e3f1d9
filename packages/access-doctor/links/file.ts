import { parseShape, requiredShape } from "../data-file/fields.ts";
import { readHeader, shapeOfHeader } from "../data-file/header.ts";
import { importedKeys, isDataName, isFolder } from "../data-file/names.ts";
import { parseSample } from "../data-file/sample.ts";
import { breaks, type Finding, type Scene } from "../link.ts";
import { fetchedValue, type ObjectFacts, type Snapshot } from "../snapshot.ts";
import { fileFindings, type Make, placeOf, type Read, shown } from "./file-content.ts";

const fewestInteractions = 1000;
/**
 * Minimum number of users with two interactions for a training (Developer Guide, "Amazon Personalize endpoints and
 * quotas").
 */
const fewestUsers = 25;
/** Maximum size in bytes of a full import (Developer Guide, "Amazon Personalize endpoints and quotas"). */
const largestImport = 100 * 1000 ** 3;

/** Returns the faults in the content of the objects that an import reads. */
export function contentFindings({ snapshot }: Scene, objects: readonly ObjectFacts[]): Finding[] {
    const files = readFiles(snapshot, objects);
    const data = files.filter(({ isStray }) => !isStray);
    const make =
        (key: string): Make =>
        (fault, sentence, ...evidence) => ({
            ...breaks(fault, sentence, "object", ...evidence),
            // data-prep converts all files of a folder together, so report the findings of each file for the folder.
            about: isFolder(snapshot.key ?? "") ? (snapshot.key ?? "") : key,
        });
    const empty = objects.filter(({ size }) => size === 0);
    const size = objects.reduce((sum, each) => sum + each.size, 0);
    const first = objects[0]?.key ?? "";
    const large = `${first} has ${size} bytes; an import takes at most 100 GB.`;
    return [
        ...empty.map(({ key }) => make(key)("object-empty", `${key} is empty.`, "size: 0 bytes")),
        ...(size > largestImport ? [make(first)("object-too-large", large)] : []),
        ...files.flatMap((file) => fileFindings(file, make(file.facts.key))),
        ...unequalHeaders(data, make),
        ...(isComplete(snapshot, objects) ? rowFindings(data, make) : []),
    ];
}

/**
 * Checks whether the snapshot contains all objects that the import reads. For a large folder, only the first objects
 * are fetched.
 */
function isComplete({ keys, key = "", objects: fetched }: Snapshot, objects: readonly ObjectFacts[]): boolean {
    const listed = isFolder(key) ? importedKeys(key, fetchedValue(keys) ?? []).length : 1;
    return objects.length === fetched.length && listed <= objects.length;
}

/** Compares the start of each non-empty object with the schema. */
export function readFiles({ schema, key: location = "", now: at }: Snapshot, objects: readonly ObjectFacts[]): Read[] {
    const schemaFacts = fetchedValue(schema);
    const now = Date.parse(at) / 1000;
    const declared = schemaFacts && (parseShape(schemaFacts.text) ?? requiredShape(schemaFacts.datasetType));
    return objects
        .filter(({ size }) => size > 0)
        .map((facts) => {
            const { start = new Uint8Array(), size, key } = facts;
            const sample = parseSample(start, start.length >= size);
            const names = sample.table?.header ?? [];
            const shape = declared ?? shapeOfHeader(names);
            const header = sample.table && readHeader(names, shape);
            const isOther = !header || header.missing.length > 0;
            return { facts, sample, shape, header, now, isStray: isFolder(location) && !isDataName(key) && isOther };
        });
}

function unequalHeaders(files: readonly Read[], make: (key: string) => Make): Finding[] {
    const tables = files.filter(({ header }) => header && header.missing.length === 0 && header.renamed.length === 0);
    const columns = ({ sample }: Read) => sample.table?.header.toSorted().join(",");
    const [first] = tables;
    const other = tables.find((file) => first && columns(file) !== columns(first));
    if (!first || !other) return [];
    const [a, b] = [first.facts.key, other.facts.key];
    const line = (file: Read) => `header of ${file.facts.key}: ${shown(file.sample.table?.firstLine ?? "")}`;
    const sentence = `${a} and ${b} have different columns, and the files of an import need equal ones.`;
    return [make(a)("headers-differ", sentence, line(first), line(other))];
}

function rowFindings(files: readonly Read[], make: (key: string) => Make): Finding[] {
    const rows = rowsOf(files);
    const [first] = files;
    if (rows === undefined || !first) return [];
    const keys = files.map(({ facts }) => facts.key).join(", ");
    const isInteractions = first.shape.datasetType === "INTERACTIONS";
    if (rows < (isInteractions ? fewestInteractions : 1)) {
        const sentence = isInteractions
            ? `There are ${rows} interactions, and an import needs ${fewestInteractions} or more.`
            : "There are no rows, only a header.";
        return [make(first.facts.key)("rows-too-few", sentence, `rows in ${keys}: ${rows}`)];
    }
    const users = isInteractions ? usersOf(files) : fewestUsers;
    const sentence = `Only ${users} users have two interactions. The import takes them, and a training needs ${fewestUsers} such users.`;
    const finding = make(first.facts.key)("users-too-few", sentence, `users with two rows in ${keys}: ${users}`);
    return users < fewestUsers ? [{ ...finding, verdict: "warning", place: "none" }] : [];
}

function usersOf(files: readonly Read[]): number {
    const users = files.flatMap((file) => {
        const column = file.shape.fields.findIndex(({ name }) => name === "USER_ID");
        const place = placeOf(file, column);
        return (file.sample.table?.rows ?? []).map(({ values }) => values[place] ?? "");
    });
    return [...Map.groupBy(users, (user) => user).values()].filter(({ length }) => length > 1).length;
}

/** Returns the number of rows, without headers, of all files; undefined if a file was not read completely. */
function rowsOf(files: readonly Read[]): number | undefined {
    let rows = 0;
    for (const { sample, header } of files) {
        const { table } = sample;
        if (!table?.whole || (table.malformed && table.rows.length === 0)) return undefined;
        rows += table.rows.length + (header?.isData ? 1 : 0);
    }
    return rows;
}

/** Describes size and rows of the objects. */
export function describeFiles({ snapshot }: Scene, objects: readonly ObjectFacts[]): string {
    const bytes = objects.reduce((sum, { size }) => sum + size, 0);
    const rows = isComplete(snapshot, objects) ? rowsOf(readFiles(snapshot, objects)) : undefined;
    const counted = rows === undefined ? "more rows than were counted" : `${rows.toLocaleString("en")} rows`;
    return `${objects.length === 1 ? "a file" : `${objects.length} files`} of ${bytes.toLocaleString("en")} bytes, ${counted}, with the schema's columns`;
}
