import { readFile } from "node:fs/promises";
import { DescribeSchemaCommand, PersonalizeClient } from "@aws-sdk/client-personalize";
import { S3Client } from "@aws-sdk/client-s3";
import {
    datasetTypes,
    type FileRepair,
    parseS3Url,
    parseShape,
    repairLocation,
    requiredShape,
    type Shape,
    s3Url,
} from "access-doctor";
import { Option } from "commander";
import { parseArn } from "policy-evaluator";
import { counted } from "../data-prep/words.ts";
import { printResult } from "./lib/cli/output.ts";
import { type CommonOptions, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { asRunbook } from "./lib/import/errors.ts";

interface Options extends CommonOptions {
    readonly to?: string;
    readonly schema?: string;
    readonly datasetType?: string;
    readonly dryRun?: boolean;
}

const command = runbook(
    "repair-file",
    ["s3://films/ratings.csv --dry-run", "s3://films/ratings/ --to s3://films/repaired/"],
    "It repairs all files of a folder, too, and does not change the originals",
)
    .argument("<location>", "s3://BUCKET/KEY, or s3://BUCKET/FOLDER/")
    .option(
        "--to <location>",
        "place of the copy; default: KEY.repaired.csv beside the file, FOLDER/repaired/ in the folder",
    )
    .option("--schema <schema>", "the dataset's schema: its ARN, or a file with its JSON")
    .addOption(
        new Option(
            "--dataset-type <type>",
            "type of the dataset, if there is no --schema; default: recognized from the header",
        ).choices(datasetTypes),
    )
    .option("--dry-run", "only print what it would write")
    .parse();
const options = command.opts<Options>();

await runAction(
    options.verbose,
    asRunbook(async (signal) => {
        const from = parseS3Url(command.args[0] ?? "");
        const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1";
        const client = new S3Client({ region, followRegionRedirects: true });
        const { to, files, leftOut } = await repairLocation(client, from, {
            to: options.to === undefined ? undefined : parseS3Url(options.to),
            shape: await shape(),
            dryRun: options.dryRun ?? false,
            signal,
            log: (message) => process.stderr.write(`${message}\n`),
        });
        for (const file of files) process.stderr.write(`${describe(file)}\n`);
        for (const url of leftOut) process.stderr.write(`${url} is skipped: it is not a table with these columns.\n`);
        const location = s3Url(to ?? from);
        const { dryRun = false } = options;
        const done = dryRun ? `It would write ${location}` : `Import from ${location}`;
        printResult(
            options,
            { from: s3Url(from), location, written: to !== undefined && !dryRun, dryRun, files, leftOut },
            to ? done : `Nothing to repair, and nothing written: ${location}`,
        );
        return exitCodes.fine;
    }),
);

async function shape(): Promise<Shape | undefined> {
    const { schema, datasetType } = options;
    if (schema === undefined) return datasetType === undefined ? undefined : requiredShape(datasetType);
    const schemaShape = parseShape(parseArn(schema) ? await schemaText(schema) : await fileText(schema));
    if (!schemaShape) throw new RunbookError(`${schema} is not an Avro schema with fields.`, exitCodes.usage);
    return schemaShape;
}

async function schemaText(schemaArn: string): Promise<string> {
    const client = new PersonalizeClient({ region: parseArn(schemaArn)?.region ?? "" });
    return (await client.send(new DescribeSchemaCommand({ schemaArn }))).schema?.schema ?? "";
}

async function fileText(path: string): Promise<string> {
    return readFile(path, "utf8").catch((error: Error) => {
        throw new RunbookError(`The schema cannot be read: ${error.message}`, exitCodes.usage);
    });
}

function describe({ from, to, rows, changes }: FileRepair): string {
    const lines = changes.map(({ what, count }) => `  ${what}${count > 1 ? ` (${counted(count, "time")})` : ""}`);
    return [`${from} → ${to ?? "unchanged"}: ${counted(rows, "row")}`, ...lines].join("\n");
}
