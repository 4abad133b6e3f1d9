import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RawAttributes } from "../filtering/attributes.ts";

/** What the finished imports left in an Items or Users dataset: rows by their id. */
export type AttributeRows = Map<string, RawAttributes>;

/** Writes rows to `file`, whole or not at all. */
export function saveAttributeRows(file: string, rows: AttributeRows): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify([...rows]));
    renameSync(`${file}.new`, file);
}

/** Reads rows back; none when nothing was imported. */
export function loadAttributeRows(file: string): AttributeRows {
    return existsSync(file) ? new Map(JSON.parse(readFileSync(file, "utf8"))) : new Map();
}
