import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { shell } from "terminal-text";
import { runbooks } from "../../runbooks/runbooks.mjs";
import { detectState, reset, start, stop } from "./control.ts";
import { describeFailure, LocalError } from "./failure.ts";
import { defaultInstance, environment, type Instance, paths, variables, version } from "./instance.ts";
import { ensureStack, run } from "./pulumi.ts";
import { interruptNote } from "./toolchain/command.mjs";
import { toolchain } from "./toolchain/env.mjs";
import { recordedPreview } from "./toolchain/preview.mjs";

/** `npm run local -- …`: controls the local AWS and runs commands against it. */

const say = (message: string) => process.stderr.write(`local AWS: ${message}\n`);

const againstIt = "Commands against the local AWS, with their own options:";

const program = new Command("local")
    .usage("[options] start|stop|status|reset|logs|env|<command> [its arguments]")
    .description(
        "Controls the local AWS, on which this project runs without an AWS account, and runs Pulumi and runbooks against it.",
    )
    .version(version, "--version", "print the version")
    .addHelpText(
        "after",
        "\nExamples:\n  npm run local -- recommend 22 6\n  npm run local -- pulumi preview\n  npm run local -- status --json",
    )
    .option("--verbose", "show the stack trace of an error")
    .option("--official-plugin", "download and use Pulumi's own AWS plugin instead of the local AWS plugin")
    .enablePositionalOptions()
    .exitOverride((error) => {
        process.exit(error.exitCode === 0 ? 0 : 2);
    });

const instance = (): Instance => {
    const defaults = defaultInstance();
    return program.opts().officialPlugin ? { ...defaults, officialPlugin: true } : defaults;
};

program
    .command("start")
    .description("start the local AWS, unless it is running")
    .option("--no-enforce", "accept every key and allow every call")
    .action(async ({ enforce }: { enforce: boolean }) => {
        const wanted = enforce ? instance() : { ...instance(), enforce: false };
        const running = await start(wanted, say);
        if (running.enforce !== wanted.enforce) {
            const how = running.enforce ? "with enforcement" : "without enforcement";
            say(`it runs ${how} already. To change that, stop it (npm run local -- stop) and start it again`);
        }
        await printStatus();
    });
program
    .command("stop")
    .description("stop the local AWS and keep its data")
    .action(async () => {
        say((await stop(instance())) ? "stopped; its data is kept" : "it was not running");
    });
program
    .command("status")
    .description("show whether the local AWS is running, and which Pulumi engine and AWS plugin it uses")
    .option("--json", "print one JSON document on stdout, and nothing else")
    .action(async ({ json }: { json?: boolean }) => {
        process.exitCode = (await printStatus(json)) ? 0 : 1;
    });
program
    .command("reset")
    .description("delete all resources of the local AWS and the local stack's state; keep tools and data sets")
    .action(async () => {
        await reset(instance(), say);
        say("empty");
    });
program
    .command("logs")
    .description("print the end of the local AWS's logs")
    .option("-f, --follow", "print new lines as they are written")
    .action(async ({ follow }: { follow?: boolean }) => {
        const { daemonLog, miniStackLog } = paths(instance());
        const logFiles = [daemonLog, miniStackLog].filter(existsSync);
        if (logFiles.length === 0) {
            throw new LocalError(
                "There are no logs, because the local AWS was never started. Start it: npm run local -- start",
            );
        }
        await run(instance(), "tail", ["-n", "200", ...(follow ? ["-F"] : []), ...logFiles], "terminal");
    });
program
    .command("env")
    .description("print the environment variables that connect other tools to the local AWS")
    .action(() => {
        for (const [name, value] of Object.entries(variables(instance()))) {
            console.log(`export ${name}=${shell(value)}`);
        }
    });
program
    .command("pulumi")
    .helpGroup(againstIt)
    .description("run any Pulumi command on the selected stack, which is `local` at first")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .argument("[args...]")
    .action(async (args: string[]) => {
        const verb = args.find((argument) => !argument.startsWith("-")) ?? "";
        if (["login", "logout"].includes(verb)) {
            program.error(
                "error: The local AWS needs no Pulumi login, because it keeps the state of its stacks itself.",
            );
        }
        await against("pulumi", args);
    });
for (const [name, { purpose }] of Object.entries(runbooks)) {
    program
        .command(name)
        .helpGroup(againstIt)
        .description(purpose)
        .allowUnknownOption()
        .passThroughOptions()
        .helpOption(false)
        .argument("[args...]")
        .action(async (args: string[]) => against(process.execPath, [join("runbooks", `${name}.ts`), ...args]));
}

/** The start of each command that messages suggest to the user. */
const prefix = "npm run local --";

async function against(command: string, args: readonly string[]): Promise<void> {
    const target = instance();
    await start(target, say);
    await ensureStack(target);
    const note = interruptNote(command, args, { pulumi: `${prefix} pulumi`, runbook: prefix });
    if (note !== undefined) {
        process.once("SIGINT", () => process.stderr.write(note));
    }
    // MOVIE_RECOMMENDER_COMMANDS makes the messages of the started command suggest commands that begin with `npm run
    // local --`.
    const preview = recordedPreview(command, args);
    const extra = { MOVIE_RECOMMENDER_COMMANDS: prefix, ...preview?.env };
    try {
        process.exitCode = (await run(target, command, preview?.args ?? args, "terminal", extra)).exitCode;
    } finally {
        preview?.tell(target.root, process.execPath, { ...environment(target), ...extra });
    }
}

async function printStatus(json = false): Promise<boolean> {
    const target = instance();
    const state = await detectState(target);
    const { engine } = toolchain(target.root);
    if (json) {
        const { dir: data, port, officialPlugin } = target;
        const { kind, ...details } = state;
        const document = { state: kind, ...details, port, data, engine: engine ?? null, officialPlugin };
        console.log(JSON.stringify({ schemaVersion: 1, ...document }));
        return kind === "running";
    }
    const lines = {
        running: () => `running on http://127.0.0.1:${target.port}`,
        stopped: () => "stopped. Start it with: npm run local -- start",
        starting: () => "starting",
        elsewhere: () =>
            `running on port ${"port" in state ? state.port : ""}, not ${target.port}. Move it with: npm run local -- start`,
        silent: () =>
            `process ${"pid" in state ? state.pid : ""} does not answer. Repair it with: npm run local -- start`,
        "port taken": () => `port ${target.port} is taken by ${"by" in state ? state.by : ""}`,
    };
    console.log(`local AWS  ${lines[state.kind]()}`);
    if (state.kind === "running") {
        console.log(`process    ${state.running.pid}, speed ${state.running.speed}`);
        console.log(`policies   ${state.running.enforce ? "enforced" : "not enforced: every call is allowed"}`);
    }
    console.log(`data       ${target.dir}`);
    console.log(
        `engine     ${engine ? `Pulumi ${engine.version} from ${engine.source} (${engine.path})` : "not installed"}`,
    );
    console.log(
        `AWS plugin ${target.officialPlugin ? "Pulumi's own" : "the local AWS plugin (packages/local-aws/aws-plugin)"}`,
    );
    return state.kind === "running";
}

try {
    await program.parseAsync();
} catch (error) {
    process.stderr.write(`${describeFailure(error, program.opts().verbose)}\n`);
    process.exitCode = 1;
}
