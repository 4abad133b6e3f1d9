import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { rows } from "./keys.ts";
import { textOf } from "./kinds.ts";

/** Markdown as plain text: without code marks, and links without their targets. */
const plain = (markdown: string) => markdown.replaceAll(/\[([^[\]]*)\]\([^()]*\)/g, "$1").replaceAll("`", "");
const code = (text: string) => (text === "" ? "" : `\`${text}\``);

/** The rows of keys, without their members. */
const topRows = rows.filter(([name]) => !name.includes("."));

/** The keys with their defaults, as Pulumi.yaml declares them. */
const declared = () =>
    Object.fromEntries(
        topRows.map(([name, { description, default: value }]) => [
            name,
            name.includes(":") ? value : { description: plain(description), default: value },
        ]),
    );

const keyTable = () => [
    "| key | value | default | meaning |",
    "|---|---|---|---|",
    ...rows.map(
        ([name, { type, isFile, members, description, default: value }]) =>
            `| ${code(name)} | ${isFile ? "a file" : type} | ${members ? "" : code(textOf(value)) || "(empty)"} | ${description} |`,
    ),
];

/** One line for all keys with the same effect. */
function effectTable(): readonly string[] {
    const sharing = Map.groupBy(topRows, ([, { changes = "", effect = "" }]) => {
        const resources = changes.split(", ").map(code).join(", ");
        return `${resources} | ${effect} |`;
    });
    const lines = [...sharing].map(([effect, keys]) => `| ${keys.map(([name]) => code(name)).join(", ")} | ${effect}`);
    return ["| key | resources | effect |", "|---|---|---|", ...lines];
}

/** Returns the page with other lines of a table or list under a heading: the first table or list after it is replaced. */
export function withTable(page: string, heading: string, table: readonly string[]): string {
    const [before = "", after = ""] = page.split(`\n## ${heading}\n`);
    return `${before}\n## ${heading}\n${after.replace(/(^(\||- ).*\n)+/m, () => `${table.join("\n")}\n`)}`;
}

/** Files with the table of keys, by path: how each one is made from its text. */
export const documents: Readonly<Record<string, (text: string) => string>> = {
    "Pulumi.yaml": (text) => text.replace(/^config:\n[\s\S]*/m, () => dump({ config: declared() }, { lineWidth: -1 })),
    "docs/configuration.md": (text) =>
        withTable(withTable(text, "All keys", keyTable()), "Effect of a change", effectTable()),
};

if (import.meta.main) {
    for (const [name, made] of Object.entries(documents)) {
        const file = join(import.meta.dirname, "..", name);
        writeFileSync(file, made(readFileSync(file, "utf8")));
    }
}
