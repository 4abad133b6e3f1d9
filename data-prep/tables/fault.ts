import { readFile } from "node:fs/promises";
import { hasCode, messageOf, shell } from "terminal-text";
import { filesBeside } from "../files.ts";
import { readManifest } from "../manifest.ts";
import { parseTables } from "./document.ts";

/**
 * Returns why the fallback tables beside the interactions cannot be used, as text: they are missing or unreadable, or
 * were made from other interactions. Returns undefined if they can be used.
 *
 * @param sha256 returns the hash of the interactions, hexadecimal. It is called only if the tables exist
 */
export async function tablesProblem(
    interactionsFile: string,
    sha256: () => Promise<string>,
): Promise<string | undefined> {
    const file = filesBeside(interactionsFile).tables;
    let of: string;
    try {
        of = parseTables(await readFile(file, "utf8")).interactions.sha256;
    } catch (error) {
        return hasCode(error, "ENOENT") ? `there is no ${file}` : `${file} cannot be used: ${messageOf(error)}`;
    }
    return of === (await sha256()) ? undefined : `${file} was made from other interactions than ${interactionsFile}`;
}

/**
 * Returns the command that creates interactions and tables again, with the files and options in the manifest. Without a
 * manifest, returns the command for MovieLens 100k, with a comment.
 */
export async function prepareCommand(interactionsFile: string): Promise<string> {
    const manifest = await readManifest(interactionsFile).catch(() => undefined);
    const given = manifest?.optionsFile ? ["--options", manifest.optionsFile.file] : (manifest?.options ?? []);
    const command = shell("npm", "run", "data-prep", "--", ...given, "--output", interactionsFile);
    return manifest ? command : `${command}   # MovieLens 100k; name your own files before --output`;
}
