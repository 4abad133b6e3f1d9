import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../packages/local-aws/instance.ts";
import { packAll } from "../../../packages/pack.ts";
import type { Programs } from "../../packages/services.ts";

/** Folder of the tools that only this drill uses. */
const tools = join(root, ".tools", "providers");
/** Folder of Pulumi's YAML language host. */
export const yamlHost = join(tools, "bin");
/** Folder of the local AWS plugin, which replaces Pulumi's AWS plugin. */
export const awsPlugin = join(root, "packages", "local-aws", "aws-plugin", "bin");
const yamlProgram = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";

/**
 * Installs moto, and builds Pulumi's YAML language host from its Go module.
 *
 * @returns the programs, and an environment that contains nothing of this repository
 * @throws Error if Go is missing, or with the output of a failed command
 */
export function installTools(): Programs {
    const python = join(tools, "python", "bin", "python");
    if (!existsSync(python)) {
        run("python3", ["-m", "venv", join(tools, "python")], root);
        run(python, ["-m", "pip", "install", "--quiet", "moto[server,s3,iam]==5.2.5", "boto3"], root);
    }
    const host = join(yamlHost, "pulumi-language-yaml");
    if (!existsSync(host)) {
        mkdirSync(yamlHost, { recursive: true });
        const go = [join(root, ".tools", "go", "bin", "go"), "/usr/local/go/bin/go"].find(existsSync) ?? "go";
        const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", "-s -w", "-o", host, yamlProgram];
        run(go, args, join(import.meta.dirname, "yaml-host"), { GOWORK: "off", CGO_ENABLED: "0" });
    }
    const { HOME } = process.env;
    return { python, node: process.execPath, env: { PATH: "/usr/bin:/bin", ...(HOME && { HOME }) } };
}

/**
 * Packs the packages and installs them with Pulumi's SDKs into a new project outside the repository. Returns the
 * project's folder.
 */
export function installPackages(): string {
    const folder = mkdtempSync(join(tmpdir(), "providers-"));
    const tarballs = packAll(join(folder, "tarballs"));
    const packages = ["local-personalize", "pulumi-personalize"].map((name) => [name, `file:${tarballs[name]}`]);
    const pulumi = { "@pulumi/aws": "7.48.0", "@pulumi/pulumi": "3.270.0" };
    const dependencies = { ...Object.fromEntries(packages), ...pulumi };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
    run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
    return folder;
}

/** Removes the project. */
export const discard = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Returns the folder of the plugin's executable in a project. */
export const pluginFolder = (project: string): string => join(project, "node_modules", ".bin");

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
    const { status, stdout, stderr } = spawnSync(command, args, {
        cwd,
        env: { ...process.env, ...env },
        encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stdout}${stderr}`);
}

/** Creates a campaign and everything that it needs with boto3. */
export function createByHand({ python }: Programs, url: string, motoUrl: string): void {
    execFileSync(python, [join(root, "test", "packages", "life.py"), url, motoUrl]);
}
