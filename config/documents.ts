import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { rows } from "./keys.ts";
import { textOf } from "./kinds.ts";

/** Converts Markdown to plain text: removes code marks and link targets. */
const plain = (markdown: string) => markdown.replaceAll(/\[([^[\]]*)\]\([^()]*\)/g, "$1").replaceAll("`", "");
const code = (text: string) => (text === "" ? "" : `\`${text}\``);

/** The rows of top-level keys, without their members. */
const topRows = rows.filter(([name]) => !name.includes("."));

/** Returns the keys with their defaults in the format of Pulumi.yaml. */
const declared = () =>
    Object.fromEntries(
        topRows.map(([name, { description, default: value }]) => [
            name,
            name.includes(":") ? value : { description: plain(description), default: value },
        ]),
    );

/** Headings of docs/configuration.md, each with the first key of its table. Keys are in the order of the table. */
const groups = {
    "Region and names": "aws:region",
    Data: "interactionsFile",
    "Tags and adoption": "tags",
    Training: "recipe",
    Campaign: "campaignEnabled",
    "API and page": "api",
    "Cost and notifications": "monthlyLimitUsd",
    "Observability and access": "observability",
} as const;

/** Groups resources with equal signs: `~ Campaign, ~ Trail, +- Filter` becomes `~ Campaign, Trail`, `+- Filter`. */
function resourcesBySign(changes: string): readonly string[] {
    const bySign = Map.groupBy(changes.split(", "), (change) => change.split(" ")[0] ?? "");
    return [...bySign].map(([sign, all]) =>
        code(`${sign} ${all.map((change) => change.slice(sign.length + 1)).join(", ")}`),
    );
}

const changeText = ({ changes, effect }: (typeof rows)[number][1]) =>
    [...(changes === undefined ? [] : resourcesBySign(changes)), effect ?? ""].filter((text) => text !== "").join("; ");

function keyRow([name, key]: (typeof rows)[number], index: number, group: typeof rows): string {
    const { type, isFile, members, description } = key;
    const standard = members ? "" : `, ${code(textOf(key.default)) || "empty"}`;
    const [before = "", keyBefore] = group[index - 1] ?? [];
    const change = changeText(key);
    const isSame = change.length > 40 && keyBefore !== undefined && changeText(keyBefore) === change;
    return `| ${code(name)} | ${isFile ? "a file" : type}${standard} | ${description} | ${isSame ? `as ${code(before)}` : change} |`;
}

/** Returns the rows from the group's first key to the first key of the next group. */
function keyTable(first: string): readonly string[] {
    const names = rows.map(([name]) => name);
    const starts = Object.values(groups).map((start) => names.indexOf(start));
    const start = names.indexOf(first);
    const end = starts.find((each) => each > start);
    return [
        "| key | value, default | meaning | a change does |",
        "|---|---|---|---|",
        ...rows.slice(start, end).map(keyRow),
    ];
}

/** Returns the page with the first table or list under a heading replaced. */
export function withTable(page: string, heading: string, table: readonly string[]): string {
    const [before = "", after = ""] = page.split(`\n## ${heading}\n`);
    return `${before}\n## ${heading}\n${after.replace(/(^(\||- ).*\n)+/m, () => `${table.join("\n")}\n`)}`;
}

/** Files that contain the table of keys, by path, each with a function that generates its text. */
export const documents: Readonly<Record<string, (text: string) => string>> = {
    "Pulumi.yaml": (text) => text.replace(/^config:\n[\s\S]*/m, () => dump({ config: declared() }, { lineWidth: -1 })),
    "docs/configuration.md": (text) =>
        Object.entries(groups).reduce((page, [heading, first]) => withTable(page, heading, keyTable(first)), text),
};

if (import.meta.main) {
    for (const [name, made] of Object.entries(documents)) {
        const file = join(import.meta.dirname, "..", name);
        writeFileSync(file, made(readFileSync(file, "utf8")));
    }
}
