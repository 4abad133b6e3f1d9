import { writeFile } from "node:fs/promises";
import { hasCode, shell } from "terminal-text";
import { AccessError } from "../errors.ts";
import type { Fix } from "./fixes.ts";

/**
 * Returns the shell script that runs the commands of the fixes. It first saves what they replace, in a new folder beside
 * itself, and `--restore FOLDER` puts that back. It fails if the AWS CLI uses another account than `accountId`.
 */
function createScript(fixes: readonly Fix[], accountId: string, region: string): string {
    const saves: string[] = [];
    const applies: string[] = [];
    const restores: string[] = [];
    for (const { faults, adds, steps, commands } of fixes) {
        // Write the comment as JSON, because a name may contain a line break, which would end the shell comment.
        if (steps.length > 0) applies.push(`# ${faults.join(", ")}; adds ${JSON.stringify(adds)}`, ...commands);
        for (const { command, restore } of steps) {
            const number = saves.length + 1;
            const read = shell(...restore.read);
            const saved = `"$saved/${number}"`;
            saves.push(`save ${number} ${read}`);
            const hasNoneToRemove = `test -s ${saved} || test ! -e ${saved} || ! ${read} > /dev/null 2>&1`;
            restores.unshift(
                `test ! -s ${saved} || ${shell(...command)} "$(cat ${saved})"`,
                // If a command before it failed, there is nothing to remove.
                ...(restore.remove ? [`${hasNoneToRemove} || ${shell(...restore.remove)}`] : []),
            );
        }
    }
    return `#!/bin/sh
# Adds the statements that an import needs, after a copy of what is there. \`sh "$0" --restore FOLDER\` puts it back.
set -eu
# Quotes a word for a shell, because a folder's name may contain any character.
quote() { printf "'%s'" "$(printf '%s\\n' "$1" | sed "s/'/'\\\\\\\\''/g")"; }
again="sh $(quote "$0")"
${shell("export", `AWS_REGION=${region}`)}
account=$(aws sts get-caller-identity --query Account --output text)
test "$account" = ${shell(accountId)} || {
    echo "This fix is for account ${accountId}, but the AWS CLI uses account $account. Set AWS_PROFILE or other credentials." >&2
    exit 1
}
case "\${1-}" in
"") ;;
--restore)
    saved=\${2-}
    test -d "$saved" || {
        printf '%s\\n' "There is no folder $(quote "$saved"). Name the folder that the script printed: $again --restore FOLDER" >&2
        exit 2
    }
${restores.map((line) => `    ${line}\n`).join("")}\
    printf '%s\\n' "Restored what is in $saved."
    exit
    ;;
*)
    printf '%s\\n' "usage: $again [--restore FOLDER]" >&2
    exit 2
    ;;
esac
saved=$0.saved-$(date -u +%Y%m%dT%H%M%SZ)
mkdir "$saved"
restore="$again --restore $(quote "$saved")"
# Saves what a command prints: an empty file if AWS answers that there is no such policy.
save() {
    file=$saved/$1
    shift
    error=$("$@" 2>&1 > "$file") || case $error in
        *NoSuchEntity* | *NoSuchBucketPolicy*) ;;
        *) echo "$error" >&2; exit 1 ;;
    esac
}
${saves.join("\n")}
trap 'test $? -eq 0 || printf "%s\\n" "A command failed. To run all commands again after you removed the cause: $again" "To restore what is changed, run: $restore" >&2' EXIT
${applies.join("\n")}
printf '%s\\n' "Applied the fix. What was there is in $saved. To restore it, run: $restore"
`;
}

/**
 * Writes the script of the fixes to a new file.
 * @throws AccessError if no fix has a command, or if the file exists.
 */
export async function writeScript(
    file: string,
    fixes: readonly Fix[],
    accountId: string,
    region: string,
): Promise<void> {
    if (fixes.every(({ steps }) => steps.length === 0)) {
        throw new AccessError("No command of the AWS CLI can fix this, so --write has nothing to write.", "usage");
    }
    await writeFile(file, createScript(fixes, accountId, region), { flag: "wx" }).catch((error: unknown) => {
        if (!hasCode(error, "EEXIST")) throw error;
        throw new AccessError(
            `${file} exists, and is not replaced. Name another file, or delete this one: ${shell("rm", file)}`,
            "usage",
        );
    });
}
