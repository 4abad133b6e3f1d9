#!/usr/bin/env node
import { resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Command, InvalidArgumentError, Option } from "commander";
import { findServiceModelDir } from "./botocore.ts";
import type { Speed } from "./contract.ts";
import { defaultQuotas, type Quotas } from "./control/quotas.ts";
import { speeds } from "./control/states.ts";
import { createEmulator } from "./emulator.ts";
import { takeFolder } from "./folder-lock.ts";
import { openAccess } from "./s3.ts";
import { startServer } from "./server.ts";
import { portOf } from "./wire/http.ts";

interface Options {
    readonly port: number;
    readonly host: string;
    readonly data: string;
    readonly speed: Speed;
    readonly s3Endpoint?: string;
    readonly region: string;
    readonly account: string;
    readonly serviceModel?: string;
    readonly quota: Partial<Quotas>;
    readonly throttle?: true;
}

/** Interval, in milliseconds, at which the program discards the metrics, because it has no CloudWatch. */
const dropMetricsMs = 60_000;

/** Runs the command. Returns the exit code: 0 after Ctrl-C, 1 if it cannot serve, 2 for wrong usage. */
async function main(args: readonly string[]): Promise<void> {
    const command = new Command("local-personalize")
        .description("Serves Amazon Personalize on this machine: imports from S3, trains, recommends, takes events.")
        .option("--port <number>", "port for all three APIs; 0 chooses a free one", parsePort, 4580)
        .option("--host <address>", "address to listen on", "127.0.0.1")
        .option("--data <folder>", "folder for resources and models", ".local-personalize")
        .addOption(
            new Option(
                "--speed <speed>",
                "time that resources take: none, none as AWS's samples need, about a second, or as on AWS",
            )
                .choices(speeds)
                .default("demo"),
        )
        .option("--s3-endpoint <url>", "S3 with the data; default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS")
        .option(
            "--region <region>",
            "region of S3 and of unsigned requests",
            process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1",
        )
        .addOption(
            new Option("--account <id>", "account of the resources: 12 digits")
                .default("000000000000")
                .argParser(parseAccount),
        )
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

/** Serves until SIGINT or SIGTERM. */
async function serve(options: Options): Promise<void> {
    const { host, port, region, speed, s3Endpoint, throttle = false } = options;
    const log = (message: string) => void process.stderr.write(`${new Date().toISOString()} ${message}\n`);
    const serviceModelDir = options.serviceModel ?? findServiceModelDir();
    const dataDir = resolve(options.data);
    const release = takeFolder(dataDir);
    if (!release) throw new Error(`${dataDir} is in use by another process: choose another folder with --data.`);
    const s3 = new S3Client({
        region,
        forcePathStyle: true,
        followRegionRedirects: true,
        ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }),
    });
    const account = { accountId: options.account, partition: "aws", quotas: options.quota, throttle };
    const emulator = createEmulator({ dataDir, speed, ...account, serviceModelDir, access: openAccess(s3), log });
    const server = await startServer({ emulator, host, port, region, log }).catch(async (error) => {
        await emulator.close();
        if (error.code !== "EADDRINUSE") throw error;
        throw new Error(`Port ${port} of ${host} is in use: choose another with --port.`);
    });
    const metrics = setInterval(() => emulator.takeMetrics({ all: true }), dropMetricsMs);
    const stop = async () => {
        clearInterval(metrics);
        server.close();
        server.closeAllConnections();
        await emulator.close();
        s3.destroy();
        release();
    };
    // A second signal has no handler, so it ends the process immediately.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
    log("IAM is not enforced: roles, policies and signatures are not checked.");
    process.stdout.write(`Amazon Personalize (${speed}) on http://${host}:${portOf(server)}. Stop: Ctrl-C.\n`);
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
