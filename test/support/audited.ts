import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environment } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import type { Audit } from "../../runbooks/lib/audit/audit.ts";
import { awsCli, pathWith } from "./aws-cli.ts";
import { assertExit, type TestAws } from "./local-aws.ts";

/** Runs, like a shell, commands that a runbook printed. Asserts that each command succeeds. */
export async function runPrinted(aws: TestAws, commands: readonly string[]): Promise<void> {
    const [python, cli] = awsCli(aws.instance);
    const path = environment(aws.instance).PATH ?? "";
    const PATH = await pathWith(aws.instance, {
        // Add the path of the test's Pulumi configuration to each command, because the test's configuration is not in
        // the project's folder. Pulumi finds a user's configuration there.
        pulumi: `PATH='${path}' exec pulumi "$@" --config-file '${aws.configFile}' --non-interactive --skip-preview`,
    });
    const script = join(aws.instance.dir, "commands");
    await writeFile(script, `${commands.join("\n")}\n`);
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
    const commands = [...[...interrupted, ...rows].flatMap((row) => row.commands), ...clearPending];
    if (commands.length > 0) await runPrinted(aws, commands);
    return commands;
}
