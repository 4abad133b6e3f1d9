import { dirname, relative, resolve } from "node:path";
import { shell } from "terminal-text";
import { DEFAULT_OUTPUT } from "./files.ts";
import { readManifest } from "./manifest.ts";

/** Options that a suggested command changes, by their names without `--`. */
export type Changes = Readonly<Record<string, string>>;

/** A function that returns the user's command with changed options. */
export type Suggest = (changes?: Changes) => string;

/** Folder for the output of a suggested command if the default folder has other data. */
const ownOutput = "data/own/";

/** The default folder, as `--output` of a suggested command that replaces the data in it. */
export const defaultFolder = `${dirname(DEFAULT_OUTPUT)}/`;

/**
 * Returns a function that makes commands from the one that the user typed: every given option stays, and changed ones
 * are replaced.
 *
 * @param command the words of the typed command, such as `npm run data-prep -- orders.csv --items products.csv`
 * @param always changes that each returned command contains
 */
export function createSuggest(command: readonly string[], always: Changes = {}): Suggest {
    return (changes = {}) => {
        const all = { ...always, ...changes };
        const words = command.filter((_, at) => {
            const isSet = (word = "") => word.startsWith("--") && (word.slice(2).split("=", 1)[0] as string) in all;
            return !isSet(command[at]) && !(isSet(command[at - 1]) && !command[at - 1]?.includes("="));
        });
        return shell(...words, ...toOptionWords(all));
    };
}

/**
 * Returns the changes that keep a suggested command from replacing the stack's data: another `--output` if the default
 * one holds the data of other files.
 *
 * @param paths the files of interactions
 * @param output the option `--output` of the user, which is never changed
 */
export async function outputBeside(paths: readonly string[], output: string | undefined): Promise<Changes> {
    if (output !== undefined) return {};
    const manifest = await readManifest(DEFAULT_OUTPUT).catch(() => undefined);
    const files = (manifest?.sources ?? []).filter(({ dataset }) => dataset === "interactions");
    const areSame = files.every(({ file }) => paths.some((path) => resolve(file).startsWith(resolve(path))));
    return areSame ? {} : { output: ownOutput };
}

/** Returns options with their values, as words of a command line. */
export const toOptionWords = (options: Readonly<Record<string, string | undefined>>): string[] =>
    Object.entries(options).flatMap(([name, text]) => (text === undefined ? [] : [`--${name}`, text]));

/** Returns the text of `--columns`, `--item-columns` or `--user-columns`, with other columns for some parts. */
export const withColumns = (given: string | undefined, parts: Changes): string => {
    const kept = given?.split(",").filter((each) => !((each.split("=", 1)[0] ?? "").trim() in parts)) ?? [];
    return [...kept, ...Object.entries(parts).map(([part, column]) => `${part}=${column}`)].join(",");
};

/** Returns the command that follows: a preview of the stack, whose config first needs the path of data of one's own. */
export const nextCommand = (csv: string) =>
    csv === DEFAULT_OUTPUT
        ? "npm run pulumi -- preview"
        : `npm run pulumi -- config set ${shell("interactionsFile", relative(".", csv))}`;
