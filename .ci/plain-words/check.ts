import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { piecesOf } from "./texts.ts";
import { findWords, longSentences } from "./words.ts";

/**
 * Counts the words that CONTRIBUTING.md lists: none may be in a text for users, and in comments their number may only fall.
 * `--list [folder]` shows each one, and sentences of more than 20 words; `--lower` writes smaller counts into counts.json.
 */

const root = join(import.meta.dirname, "..", "..");
const countsFile = join(import.meta.dirname, "counts.json");
const skipped = /(^|\/)(app\/api\/types\.ts|package-lock\.json)$|^\.ci\/plain-words\/|\/fixtures\//;
const [option, folder = ""] = process.argv.slice(2);

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root })
    .toString()
    .split("\n")
    .filter((file) => file !== "" && !skipped.test(file));
const found = { users: 0, comments: 0, longSentencesInComments: 0 };
for (const file of files) {
    for (const { audience, text, line } of piecesOf(file, read(file))) {
        const words = findWords(text, line);
        const long = audience === "readers" ? longSentences(text) : [];
        found[audience === "users" ? "users" : "comments"] += words.length;
        found.longSentencesInComments += long.length;
        const shown = option === "--list" ? file.startsWith(folder) : audience === "users";
        if (!shown) continue;
        for (const word of words) {
            console.log(`${file}:${word.line}: ${audience}: "${word.found}" → ${word.plain}`);
        }
        for (const sentence of option === "--list" ? long : []) {
            console.log(`${file}:${line}: more than 20 words: ${sentence.replaceAll(/\s+/g, " ")}`);
        }
    }
}

const limits = JSON.parse(readFileSync(countsFile, "utf8")) as Omit<typeof found, "users">;
const limited = ["comments", "longSentencesInComments"] as const;
if (option === "--lower") {
    for (const name of limited) limits[name] = Math.min(limits[name], found[name]);
    writeFileSync(countsFile, `${JSON.stringify(limits, null, 4)}\n`);
}
const risen = limited.filter((name) => found[name] > limits[name]);
for (const name of risen) {
    console.log(`${name}: ${found[name]}, which is above ${limits[name]} (.ci/plain-words/counts.json)`);
}
console.log(
    `Listed words: ${found.users} for users, ${found.comments} in comments; ` +
        `${found.longSentencesInComments} sentences of comments have more than 20 words.`,
);
process.exitCode = found.users > 0 || risen.length > 0 ? 1 : 0;

function read(file: string): string {
    try {
        return readFileSync(join(root, file), "utf8");
    } catch {
        // Deleted, and not committed yet.
        return "";
    }
}
