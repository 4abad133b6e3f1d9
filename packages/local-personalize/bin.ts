#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Speed } from "./contract.ts";
import { defaultQuotas, type Quotas } from "./control/quotas.ts";
import { speeds } from "./control/states.ts";
import { defaultRegion, type LocalOptions, startLocalPersonalize } from "./host/start.ts";

interface Options extends Omit<LocalOptions, "log" | "logCall"> {
    readonly port: number;
    readonly speed?: Speed;
    readonly folder: string;
    readonly ephemeral?: true;
    readonly log?: "calls";
}

/** Runs the command. Returns the exit code: 0 after Ctrl-C, 1 if it cannot serve, 2 for wrong usage. */
async function main(args: readonly string[]): Promise<void> {
    const command = new Command("local-personalize")
        .description("Serves Amazon Personalize on this machine: imports from S3, trains, recommends, takes events.")
        .option("--port <number>", "port for all three APIs; 0 chooses a free one", parsePort, 4580)
        .option("--host <address>", "address to listen on", "127.0.0.1")
        .version(JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8")).version, "--version")
        .option(
            "--data <file>",
            "CSV of interactions in Personalize's columns, or movielens: makes a campaign, a tracker and a filter",
        )
        .option("--folder <folder>", "folder for resources and models", ".local-personalize")
        .option("--ephemeral", "use a temporary folder, and delete it at the end")
        .addOption(
            new Option(
                "--speed <speed>",
                "time that resources take: none, none as AWS's samples need, about a second, or as on AWS; default: demo, with --data instant",
            ).choices(speeds),
        )
        .option("--s3-endpoint <url>", "S3 with the data; default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS")
        .option("--region <region>", "region of S3 and of unsigned requests", defaultRegion())
        .addOption(new Option("--log <what>", "also print a line for each call").choices(["calls"]))
        .option("--account <id>", "account of the resources: 12 digits", parseAccount, "000000000000")
        .option("--throttle", "refuse requests above a campaign's minProvisionedTPS: ThrottlingException, 429")
        .addOption(
            new Option(
                "--quota <name=number>",
                `another service quota, can be repeated: ${Object.keys(defaultQuotas).join(", ")}`,
            )
                .default({}, "those of AWS")
                .argParser(addQuota),
        )
        .option("--service-model <folder>", "data folder of botocore; default: that of an installed botocore")
        .addHelpText("after", `\nStop it with Ctrl-C. S3 uses the standard AWS variables, such as AWS_ACCESS_KEY_ID.`)
        .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
        .parse(args, { from: "user" });
    try {
        await serve(command.opts<Options>());
    } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
        process.exitCode = 1;
    }
}

/** Serves until SIGINT or SIGTERM, or until npm, which started the program with npx, ends. */
async function serve({ ephemeral, folder, log: logged, speed, ...options }: Options): Promise<void> {
    const log = (message: string) => void process.stderr.write(`${new Date().toISOString()} ${message}\n`);
    const waits = speed ?? (options.data === undefined ? "demo" : "instant");
    const local = await startLocalPersonalize({
        ...options,
        ...(!ephemeral && { folder }),
        speed: waits,
        log,
        ...(logged === "calls" && { logCall: log }),
    });
    const stop = () => {
        clearInterval(orphaned);
        return local.close();
    };
    // A second signal has no handler, so it ends the process immediately.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
    // npm does not pass SIGTERM on to the program that npx started.
    const { ppid } = process;
    const isOfNpx = process.env.npm_command === "exec";
    const orphaned = isOfNpx ? setInterval(() => process.ppid !== ppid && stop(), 250).unref() : undefined;
    log("IAM is not enforced: roles, policies and signatures are not checked.");
    process.stdout.write(`Amazon Personalize (${waits}) on ${local.url}. Stop: Ctrl-C.\n`);
    if (local.ready === undefined) return;
    const names = { campaignArn: "campaign", trackingId: "tracking ID", filterArn: "filter" };
    for (const [key, name] of Object.entries(names)) {
        process.stdout.write(`${name.padEnd(12)}${local.ready[key as keyof typeof names]}\n`);
    }
}

function parseAccount(text: string): string {
    if (/^\d{12}$/.test(text)) return text;
    throw new InvalidArgumentError("The account ID must have 12 digits.");
}

/**
 * Adds a quota to those of earlier `--quota` options. Throws InvalidArgumentError for an unknown name or a wrong
 * number.
 */
function addQuota(text: string, others: Partial<Quotas>): Partial<Quotas> {
    const [name = "", number = ""] = text.split("=");
    if (!Object.hasOwn(defaultQuotas, name)) {
        throw new InvalidArgumentError(`The name of a quota must be one of: ${Object.keys(defaultQuotas).join(", ")}.`);
    }
    if (!/^\d{1,6}$/.test(number))
        throw new InvalidArgumentError(
            "The value must be the name of a quota and a whole number, such as campaign=20.",
        );
    return { ...others, [name]: Number(number) };
}

function parsePort(text: string): number {
    const port = Number(text);
    if (text !== "" && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
    throw new InvalidArgumentError("The port must be a number from 0 to 65535.");
}

await main(process.argv.slice(2));
