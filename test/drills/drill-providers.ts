import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Option } from "commander";
import { benchCommand } from "../../bench/lib/command.ts";
import { printGoals, showLine, showTable } from "../../bench/lib/goals.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { deployments, runDeployment } from "./providers/scenarios.ts";
import { discard, installPackages, installTools } from "./providers/tools.ts";

/**
 * Installs the packed pulumi-personalize and local-personalize into a project outside the repository, and deploys
 * campaigns with them in five ways. Each campaign must serve, show no change in a further preview, and be destroyed.
 */

const { resume, only } = benchCommand(
    "drill:providers",
    "Do the packed classes and the packed plugin deploy, import and destroy campaigns?",
    ["", "--only yaml", "--resume"],
)
    .addOption(
        new Option("--only <deployment>", "run only this way of deployment; its result is not stored").choices(
            Object.keys(deployments),
        ),
    )
    .option("--resume", "continue the interrupted drill without the parts that succeeded", false)
    .parse()
    .opts<{ resume: boolean; only?: string }>();

const say = (line: string) => process.stderr.write(`${line}\n`);
const file = join(root, ".local", "drills", "providers.json");
/** The result of each way of deployment: empty if it succeeded, otherwise the error. */
const results: Record<string, string> = resume && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const programs = installTools();
const project = installPackages();
try {
    for (const [index, name] of Object.keys(deployments).entries()) {
        if (results[name] === "" || (only !== undefined && only !== name)) continue;
        const begun = performance.now();
        results[name] = await runDeployment(name, project, programs, 18_100 + index).then(
            () => "",
            (error: Error) => error.message,
        );
        if (only === undefined) {
            mkdirSync(dirname(file), { recursive: true });
            writeFileSync(file, JSON.stringify(results));
        }
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        say(`${name}: ${results[name] || "fine"} (${seconds} s)`);
    }
} finally {
    discard(project);
}

const names = Object.keys(deployments);
showTable(
    ["deployment", "result"],
    names.map((name) => [name, results[name] === "" ? "fine" : results[name] === undefined ? "not run" : "FAULT"]),
);
for (const name of names) if (results[name]) showLine(`${name}: ${results[name]}`);
const fine = names.filter((name) => results[name] === "").length;
process.exitCode = printGoals([
    { name: "providers-lives", figure: (100 * fine) / names.length, bound: "=", limit: 100, unit: "%" },
]);
