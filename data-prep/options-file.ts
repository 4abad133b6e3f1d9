import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { load } from "js-yaml";
import { messageOf } from "terminal-text";
import { hashFile } from "./files.ts";

/** Options whose values are paths. */
const paths = new Set(["items", "users", "hash-users", "output", "report"]);

/** An options file, and its content as arguments of the command line. */
export interface OptionsFile {
    readonly path: string;
    /** SHA-256 of the file, hexadecimal. The manifest contains it, so that a preview detects a change. */
    readonly sha256: string;
    readonly files: readonly string[];
    readonly options: readonly string[];
}

/**
 * Reads a YAML or JSON file of data-prep's options: `files`, and options with the names that they have on the command
 * line. `columns`, `item-columns` and `user-columns` may be a map, from each part (such as `user`) to its column. Paths
 * in the file are relative to it; those of the result are relative to `folder`.
 *
 * @throws Error for a file that is missing, or is not a map of texts, numbers and lists.
 */
export async function readOptionsFile(path: string, folder: string): Promise<OptionsFile> {
    if (!existsSync(path)) throw new Error(`There is no file ${path} with options of data-prep.`);
    const { files = [], ...others } = parsed(path);
    const beside = (name: string) =>
        name === "-" || isAbsolute(name) ? name : relative(resolve(folder), resolve(dirname(path), name));
    const options = Object.entries(others).flatMap(([key, value]): string[] => {
        if (/^(item-|user-)?columns$/.test(key) && isMap(value)) return [`--${key}`, columnsText(key, value, path)];
        const text = requireText(value, key, path);
        const quarantine = key === "bad-rows" && /^quarantine\s+(\S.*)$/s.exec(text)?.[1];
        if (quarantine) return ["--bad-rows", `quarantine:${beside(quarantine)}`];
        return [`--${key}`, paths.has(key) ? beside(text) : text];
    });
    return {
        path,
        sha256: await hashFile(path),
        files: [files].flat().map((each) => beside(requireText(each, "files", path))),
        options,
    };
}

/**
 * Reads the options file that the config `dataOptionsFile` of a stack names, with the stack's `interactionsFile` as
 * output.
 *
 * @param projectDir folder of Pulumi.<stack>.yaml, and base of the paths in it
 * @throws Error for a stack without its file, or without that key
 */
export async function optionsOfStack(stack: string, projectDir: string, folder: string): Promise<OptionsFile> {
    const stackFile = join(projectDir, `Pulumi.${stack}.yaml`);
    if (!existsSync(stackFile)) throw new Error(`There is no file ${stackFile} of stack ${stack}.`);
    const { config } = parsed(stackFile);
    const fileOf = (key: string) => {
        const value = isMap(config) ? config[`movie-recommender:${key}`] : undefined;
        return typeof value === "string" && value !== "" ? resolve(projectDir, value) : undefined;
    };
    const named = fileOf("dataOptionsFile");
    if (named === undefined) {
        throw new Error(
            `The configuration of stack ${stack} contains no options file. Set one:  pulumi config set dataOptionsFile shop.yaml --stack ${stack}`,
        );
    }
    const optionsFile = await readOptionsFile(relative(".", named), folder);
    const output = fileOf("interactionsFile");
    const options = output === undefined ? [] : ["--output", relative(resolve(folder), output)];
    return { ...optionsFile, options: [...optionsFile.options, ...options] };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === "object" && !Array.isArray(value);

function parsed(path: string): Record<string, unknown> {
    let document: unknown;
    try {
        document = load(readFileSync(path, "utf8"), { filename: path });
    } catch (error) {
        throw new Error(`${path} is neither YAML nor JSON: ${messageOf(error)}`);
    }
    if (!isMap(document)) throw new Error(`${path} is not a map of options, such as  files: events.csv`);
    return document;
}

function requireText(value: unknown, key: string, path: string): string {
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new Error(`${path}: "${key}" must be a text.`);
}

const columnsText = (key: string, columns: Record<string, unknown>, path: string) =>
    Object.entries(columns)
        .map(([part, column]) => `${part}=${requireText(column, `${key}.${part}`, path)}`)
        .join(",");
