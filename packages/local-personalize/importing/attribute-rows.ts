import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RawAttributes } from "../filtering/bind.ts";

/** The rows of an Items or Users dataset after the finished imports; the keys are the IDs of the items or users. */
export type AttributeRows = Map<string, RawAttributes>;

/** Writes rows to `file`, completely or not at all. */
export function saveAttributeRows(file: string, rows: AttributeRows): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify([...rows]));
    renameSync(`${file}.new`, file);
}

/** Reads the rows; returns none before the first import. */
export function loadAttributeRows(file: string): AttributeRows {
    return existsSync(file) ? new Map(JSON.parse(readFileSync(file, "utf8"))) : new Map();
}
