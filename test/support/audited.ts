import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { environment } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";
import type { Audit } from "../../runbooks/lib/audit/audit.ts";
import { assertExit, type TestAws } from "./local-aws.ts";

/** Runs, like a shell, commands that a runbook printed. Asserts that each command succeeds. */
export async function runPrinted(aws: TestAws, commands: readonly string[]): Promise<void> {
    const bin = join(aws.instance.dir, "bin");
    await mkdir(bin, { recursive: true });
    const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(aws.instance.root).python;
    const cli = join(import.meta.dirname, "..", "runbooks", "aws_cli.py");
    const path = environment(aws.instance).PATH ?? "";
    const programs = {
        aws: `exec '${python}' '${cli}' "$@"`,
        // Add the path of the test's Pulumi configuration to each command, because the test's configuration is not in
        // the project's folder. Pulumi finds a user's configuration there.
        pulumi: `PATH='${path}' exec pulumi "$@" --config-file '${aws.configFile}' --non-interactive --skip-preview`,
    };
    for (const [name, line] of Object.entries(programs)) {
        await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`);
        await chmod(join(bin, name), 0o755);
    }
    const script = join(bin, "commands");
    await writeFile(script, `${commands.join("\n")}\n`);
    const PATH = [bin, path].join(delimiter);
    assertExit(await run(aws.instance, "bash", ["-c", `'${python}' '${cli}' <'${script}'`], "captured", { PATH }), 0);
}

/** Runs `audit-leftovers` and returns its result. */
async function audited(aws: TestAws): Promise<Audit> {
    const { stdout, stderr } = await aws.runbook("audit-leftovers", "--json");
    try {
        return JSON.parse(stdout) as Audit;
    } catch {
        throw new Error(`audit-leftovers printed no JSON: ${stdout}\n${stderr}`);
    }
}

/** Runs every command that `audit-leftovers` prints, and returns the commands. */
export async function followAudit(aws: TestAws): Promise<readonly string[]> {
    const { interrupted, rows, clearPending } = await audited(aws);
    const commands = [
        ...interrupted.flatMap((row) => row.commands),
        ...rows.flatMap(({ remove }) => remove),
        ...clearPending,
    ];
    if (commands.length > 0) await runPrinted(aws, commands);
    return commands;
}
