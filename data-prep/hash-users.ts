import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { UnfitDataError } from "./refusals.ts";
import type { Plan } from "./row-writer.ts";
import type { Suggest } from "./suggestion.ts";

/** Minimum length of a key in characters: a shorter one can be guessed. */
const shortestKey = 16;

/**
 * Reads the file of `--hash-users`, whose text without spaces at its ends is the key. Throws an Error if there is none.
 * Keyed hashes replace users' ids, so that nobody without the key can test whose ids they are.
 *
 * @returns `hash`, which returns the HMAC-SHA-256 of an id, hexadecimal; and the key's `fingerprint`, with which the
 * manifest shows whether a later run has the same key
 */
export function readUserHash(path: string) {
    const key = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
    if (key.length < shortestKey) {
        throw new Error(
            `${path} has no key of at least ${shortestKey} characters for --hash-users. Make one:  openssl rand -hex 32 > ${path}`,
        );
    }
    const hash = (id: string): string => createHmac("sha256", key).update(id).digest("hex");
    return { hash, fingerprint: hash("the key of --hash-users").slice(0, 16) };
}

/**
 * Rejects another key of `--hash-users` than that of the earlier run with the same output, because every user would get
 * another id. `before` and `now` are fingerprints.
 */
export function refuseOtherHash(path: string, before: string | undefined, now: string | undefined, suggest: Suggest) {
    if (before === undefined || before === now) return;
    throw new UnfitDataError(
        `${path} has hashed users' ids, and this run has ${now === undefined ? "no key" : "another key"}, so nothing was written. ` +
            `Name the key's file, or another file with --output:  ${suggest({ "hash-users": "FILE" })}`,
    );
}

/** Returns a warning if most users' ids in the first rows are mail addresses; otherwise undefined. */
export function mailWarning({ table, roles }: Plan): string | undefined {
    const mails = table.sample.filter((row) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(row[roles.user] ?? ""));
    if (mails.length <= table.sample.length / 2) return undefined;
    return (
        `warning: the users' ids in column ${table.names[roles.user]} of ${table.name} are mail addresses, which Amazon Personalize, ` +
        "logs and addresses of the API then contain. The option --hash-users FILE of data-prep writes keyed hashes instead."
    );
}
