import { dump } from "js-yaml";
import { rows } from "./keys.ts";
import { toConfigText } from "./kinds.ts";

/** Converts Markdown to plain text: removes code marks and link targets. */
const plain = (markdown: string) => markdown.replaceAll(/\[([^[\]]*)\]\([^()]*\)/g, "$1").replaceAll("`", "");
const code = (text: string) => (text === "" ? "" : `\`${text}\``);

/** The rows of top-level keys. Rows of members, such as `idle.hours`, are omitted. */
const topRows = rows.filter(([name]) => !name.includes("."));

/** Returns the keys with their defaults in the format of Pulumi.yaml. */
const declared = () =>
    Object.fromEntries(
        topRows.map(([name, { description, default: value }]) => [
            name,
            name.includes(":") ? value : { description: plain(description), default: value },
        ]),
    );

/**
 * Headings of docs/configuration.md, each with the first key of its list. The list ends before the first key of the
 * next heading.
 */
const groups = {
    "Region and names": "aws:region",
    Data: "interactionsFile",
    "Tags and adoption": "tags",
    Training: "recipe",
    Campaign: "campaignEnabled",
    "API and page": "serving",
    "Cost and notifications": "monthlyLimitUsd",
    "Observability and access": "observability",
} as const;

const changeText = ({ changes = [], effect }: (typeof rows)[number][1]) =>
    [...changes.map(code), ...(effect === undefined ? [] : [effect])].join("; ");

/** Returns a key's type and default as text: `integer 1 to 60, 15`. Omits the default of objects and empty values. */
function valueText({ type, isFile, default: value }: (typeof rows)[number][1]): string {
    if (type.startsWith("an object")) return "object";
    const short = type.replace(/^an? /, "").replace("from ", "").replace("whole number", "integer");
    const names = typeof value === "boolean" ? [] : [isFile ? "file" : short];
    return [...names, ...(value === "" ? [] : [code(toConfigText(value))])].join(", ");
}

function keyLine([name, key]: (typeof rows)[number], index: number, group: typeof rows): string {
    const [before = "", keyBefore] = group[index - 1] ?? [];
    const change = changeText(key);
    const isSame = change.length > 40 && keyBefore !== undefined && changeText(keyBefore) === change;
    const end = change === "" ? "" : `. Change: ${isSame ? `as ${code(before)}` : change}`;
    return `- ${code(name)} (${valueText(key)}): ${key.description}${end}`;
}

/**
 * Returns the lines of the documentation for the keys of a group: from the group's first key to the first key of the
 * next group.
 */
function keyList(first: string): readonly string[] {
    const names = rows.map(([name]) => name);
    const starts = Object.values(groups).map((start) => names.indexOf(start));
    const start = names.indexOf(first);
    const end = starts.find((each) => each > start);
    return rows.slice(start, end).map(keyLine);
}

/** The lists of docs/configuration.md, by the name of their mark, such as `keys-of-data`. */
export const keyLists: Readonly<Record<string, () => string>> = Object.fromEntries(
    Object.entries(groups).map(([heading, first]) => [
        `keys-of-${heading.toLowerCase().replaceAll(" ", "-")}`,
        () => keyList(first).join("\n"),
    ]),
);

/** Returns the text of Pulumi.yaml with the keys, their descriptions and defaults made new. */
export const pulumiYaml = (text: string): string =>
    text.replace(/^config:\n[\s\S]*/m, () => dump({ config: declared() }, { lineWidth: -1 }));
