import { existsSync } from "node:fs";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shell } from "terminal-text";
import { AccessError } from "../errors.ts";
import type { Fix } from "./fixes.ts";

/** The account and Region that the commands of a fix change. */
export interface FixTarget {
    readonly accountId: string;
    readonly region: string;
}

/**
 * Returns the files of a fix: their text by name. They are the new documents, the documents that they replace,
 * `apply.sh` and `undo.sh`. Empty if no fix has a command. Both scripts fail if the AWS CLI uses another account.
 */
export function createFixFiles(
    fixes: readonly Fix[],
    { accountId, region }: FixTarget,
): Readonly<Record<string, string>> {
    const files: Record<string, string> = {};
    const apply: string[] = [];
    const undo: string[] = [];
    for (const { steps, adds, faults } of fixes) {
        if (steps.length === 0) continue;
        // Write the comment as JSON, because an object's key may contain a line break, which would end the shell
        // comment.
        apply.push(`# ${faults.join(", ")}; adds ${JSON.stringify(adds)}`);
        for (const { command, document, undo: back } of steps) {
            const number = String(undo.length + 1).padStart(2, "0");
            const name = `${number}-${command.slice(1, 3).join("-")}`;
            const line = (words: readonly string[], suffix: string, content: unknown) => {
                if (content === undefined) return shell(...words);
                files[`${name}${suffix}.json`] = `${JSON.stringify(content, null, 2)}\n`;
                return `${shell(...words)} "file://$here/${name}${suffix}.json"`;
            };
            const done = `grep -qx ${number} "$here/applied.txt" 2> /dev/null`;
            const created = back?.removesCreated && `"$here/${number}.created"`;
            const put = `${line(command, "", document)}${created ? ` > ${created}` : ""}`;
            apply.push(`${done} || {\n    ${put}\n    echo ${number} >> "$here/applied.txt"\n}`);
            const reverse = back ? line(back.command, "-before", back.old) : `echo 'step ${number} needs no undo'`;
            const remove = created ? `\n    ${shell(...(back?.removesCreated ?? []))} "$(cat ${created})"` : "";
            undo.unshift(`if ${done}; then\n    ${reverse}${remove}\nfi`);
        }
    }
    if (undo.length === 0) {
        return {};
    }
    const start = [
        "#!/bin/sh",
        "set -eu",
        'here=$(dirname "$0")',
        shell("export", `AWS_REGION=${region}`),
        "account=$(aws sts get-caller-identity --query Account --output text)",
        `test "$account" = ${shell(accountId)} || {`,
        `    echo "This fix is for account ${accountId}, but the AWS CLI uses account $account. Set AWS_PROFILE or other credentials." >&2`,
        "    exit 1",
        "}",
    ];
    const failed = `trap 'test $? -eq 0 || echo "A command failed. To undo the commands before it, run: sh $here/undo.sh" >&2' EXIT`;
    return {
        ...files,
        "apply.sh": [...start, failed, ...apply, ""].join("\n"),
        "undo.sh": [...start, ...undo, 'rm -f "$here/applied.txt"', ""].join("\n"),
    };
}

/**
 * Writes the fixes into a folder. If the folder contains an earlier fix, first renames it by appending a number.
 * @throws AccessError if the folder contains other files, or if no fix has a command.
 */
export async function writeFix(folder: string, fixes: readonly Fix[], target: FixTarget): Promise<void> {
    const files = createFixFiles(fixes, target);
    if (Object.keys(files).length === 0) {
        throw new AccessError("No command can fix this, so --write has nothing to write.", "usage");
    }
    await mkdir(folder, { recursive: true });
    const present = await readdir(folder);
    if (present.includes("apply.sh")) {
        let number = 1;
        while (existsSync(`${folder}.${number}`)) number++;
        await rename(folder, `${folder}.${number}`);
        await mkdir(folder);
    } else if (present.length > 0) {
        throw new AccessError(`${folder} is not empty. Name a new folder with --write.`, "usage");
    }
    for (const [name, content] of Object.entries(files)) {
        await writeFile(join(folder, name), content, { flag: "wx" });
    }
}
