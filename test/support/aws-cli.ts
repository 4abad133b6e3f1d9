import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { environment, type Instance } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";
import { assertExit } from "./local-aws.ts";

const pythonOf = ({ root }: Instance) => process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(root).python;

/** Runs Python, which has boto3. Asserts that the program succeeds, and returns the JSON that it prints. */
export async function runPython(instance: Instance, ...args: readonly string[]) {
    const result = await run(instance, pythonOf(instance), args, "captured");
    assertExit(result, 0);
    return JSON.parse(result.stdout);
}

/** The Python program and the script that stand in for the AWS CLI, which a test machine may not have. */
export const awsCli = (instance: Instance): readonly [python: string, script: string] => [
    pythonOf(instance),
    join(import.meta.dirname, "..", "runbooks", "aws_cli.py"),
];

/**
 * Writes shell scripts that stand in for programs: the AWS CLI, and those in `programs`, each with its one line. Returns
 * the PATH that finds them before other programs.
 */
export async function pathWith(instance: Instance, programs: Readonly<Record<string, string>>): Promise<string> {
    const bin = join(instance.dir, "bin");
    await mkdir(bin, { recursive: true });
    const [python, script] = awsCli(instance);
    const lines = { aws: `exec '${python}' '${script}' "$@"`, ...programs };
    for (const [name, line] of Object.entries(lines)) {
        await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    }
    return [bin, environment(instance).PATH].join(delimiter);
}
