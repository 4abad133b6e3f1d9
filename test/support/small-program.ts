import { chmod, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { environment, root } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { assertExit, region, type TestAws } from "./local-aws.ts";

/** A Pulumi program that uses the packages, as users write them. */
export type SmallProgram = ReturnType<typeof programIn>;

/**
 * Copies a program into a folder with the packages, and creates its stack `example` with the bucket `name`, which
 * contains interactions. The program finds the plugin `pulumi-resource-personalize` on PATH.
 */
export async function createProgram(aws: TestAws, name: string, source: string): Promise<SmallProgram> {
    const folder = join(aws.instance.dir, name);
    await cp(source, folder, { recursive: true });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const location = { LocationConstraint: region } as const;
    await aws.s3.createBucket({ Bucket: name, CreateBucketConfiguration: location });
    const Body = interactionsCsv(syntheticRatings());
    await aws.s3.putObject({ Bucket: name, Key: "interactions.csv", Body });
    const program = programIn(aws, folder, await pluginFolder(aws));
    await program.succeeds("stack", "init");
    await program.succeeds("config", "set", "aws:region", region);
    await program.succeeds("config", "set", "bucketName", name);
    return program;
}

/** Returns a program that `createProgram` has created, for another backend or another configuration. */
export function programIn(
    aws: TestAws,
    folder: string,
    path: string,
    variables: Readonly<Record<string, string>> = {},
) {
    const pulumi = (...args: readonly string[]) => {
        const common = ["--cwd", folder, "--stack", "example", "--non-interactive", "--color", "never"];
        const env = { ...variables, PATH: `${path}${delimiter}${environment(aws.instance).PATH}` };
        return run(aws.instance, "pulumi", [...args, ...common], "captured", env);
    };
    return {
        /** Runs a Pulumi command on the program's stack. */
        pulumi,
        /** Runs a Pulumi command that must succeed, and returns its standard output. */
        async succeeds(...args: readonly string[]): Promise<string> {
            const result = await pulumi(...args);
            assertExit(result, 0);
            return result.stdout;
        },
    };
}

/** Creates the plugin `pulumi-resource-personalize`, and returns its folder. */
export async function pluginFolder(aws: TestAws): Promise<string> {
    const bin = join(aws.instance.dir, "plugin");
    await mkdir(bin, { recursive: true });
    const plugin = join(bin, "pulumi-resource-personalize");
    const main = join(root, "packages", "pulumi-personalize", "main.ts");
    await writeFile(plugin, `#!/bin/sh\nexec node ${JSON.stringify(main)} "$@"\n`);
    await chmod(plugin, 0o755);
    return bin;
}
