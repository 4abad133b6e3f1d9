import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
    createLook,
    diagnose,
    draw,
    drawHeadline,
    fetchSnapshot,
    headlineOf,
    type Look,
    type Snapshot,
    targetOfJob,
    targetOfRole,
    understand,
    writeFix,
} from "access-doctor";
import { shell } from "./lib/audit/inventory/thing.ts";
import { type CommonOptions, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { asRunbook } from "./lib/import/errors.ts";
import { targetOfStack } from "./lib/import/target-of-stack.ts";

interface Options extends CommonOptions {
    readonly job?: string;
    readonly role?: string;
    readonly bucket?: string;
    readonly key?: string;
    readonly error?: string;
    readonly owned?: string;
    readonly write?: string;
}

const options = runbook(
    "diagnose-access",
    "Find out why an import cannot read its data, link by link, with fixes; only reads",
    ["", "--role arn:aws:iam::111122223333:role/Import --bucket films --key ratings.csv"],
)
    .option("--job <arn>", "any import job, including those of other programs")
    .option("--role <arn>", "a role for an import; with --bucket")
    .option("--bucket <name>", "bucket with the data")
    .option("--key <key>", "object, or folder with its slash")
    .option("--error <text>", "a message of AWS, pasted in: alone, or with one of the others")
    .option("--owned <file>", "JSON of what you own: ARN to the command that restores it")
    .option("--write <dir>", "write the fix into a folder: documents, apply.sh and undo.sh")
    .addHelpText("after", "\n--verbose also shows every link, the evidence, and the commands of each fix.")
    .parse()
    .opts<Options>();

/** Milliseconds without a result after which progress is shown. */
const quietMs = 2_000;
const codes = { sound: exitCodes.fine, broken: exitCodes.problem, unknown: exitCodes.unknown } as const;

await runAction(
    options.verbose,
    asRunbook(async (signal) => {
        const { job, role, bucket, key, stack, error } = options;
        if (error !== undefined && [job, role, bucket, key, stack].every((each) => each === undefined)) {
            return explain(error);
        }
        const log = (line: string) => process.stderr.write(`${line}\n`);
        const look = createLook(log, signal);
        const slow = setTimeout(() => log("reading what the import depends on …"), quietMs);
        const fetched = await target(look)
            .then((found) => fetchSnapshot(found, look))
            .finally(() => clearTimeout(slow));
        const owned = { ...fetched.owned, ...(options.owned !== undefined && (await ownedIn(options.owned))) };
        const snapshot = { ...fetched, owned, ...(error !== undefined && { reported: error }) };
        const diagnosis = diagnose(snapshot);
        const again = { command: commandOf(snapshot.region), folder: resolve(`access-fix-${nameOf(snapshot)}`) };
        if (options.json) {
            const { firstBroken, ...rest } = diagnosis;
            const { roleArn, region, caller, sourceArn, planned } = snapshot;
            const place = { role: roleArn, bucket: snapshot.bucket, key: snapshot.key ?? null, region };
            const about = { ...place, caller, source: sourceArn, planned: planned ?? null };
            const headline = headlineOf(diagnosis, snapshot, again);
            print({ schemaVersion: 1, about, headline, firstBroken: firstBroken?.link ?? null, ...rest });
        } else {
            console.log(
                draw(diagnosis, snapshot, again, { verbose: options.verbose, columns: process.stdout.columns }),
            );
        }
        if (options.write !== undefined) {
            await writeFix(options.write, diagnosis.fixes);
            const folder = shell(options.write);
            process.stderr.write(
                `Written: read ${folder}, then sh ${folder}/apply.sh. sh ${folder}/undo.sh takes it back.\n`,
            );
            // The caller's shell runs the printed command next.
            return exitCodes.fine;
        }
        return codes[diagnosis.verdict];
    }),
);

function print(document: object): void {
    console.log(JSON.stringify(document));
}

/** Explains an error message without calling AWS. */
function explain(text: string): number {
    const message = understand(text);
    const verdict = message ? "broken" : "unknown";
    const cause = message?.cause ?? "This message about an import is unknown here.";
    const next = message?.next ?? "npm run diagnose-access -- --job JOB_ARN";
    const headline = { cause, todo: [{ label: "Next", text: next, isCommand: true }] } as const;
    if (options.json) {
        const { subject = null, mentions = null } = message ?? {};
        print({ schemaVersion: 1, verdict, headline, message: { text, subject, mentions } });
    } else {
        console.log(drawHeadline(headline, process.stdout.columns).join("\n"));
    }
    return codes[verdict];
}

/** Returns the job's name; without a job, the bucket's name. */
function nameOf({ job, bucket }: Snapshot): string {
    return ("is" in job && job.is?.arn.split("/").at(-1)) || bucket;
}

/** Reads a file that maps ARNs to the commands that restore the resources. */
async function ownedIn(path: string): Promise<Record<string, string>> {
    try {
        return JSON.parse(await readFile(path, "utf8"));
    } catch (error) {
        const message = `--owned: ${path} is not a JSON object of ARNs and commands: ${(error as Error).message}`;
        throw new RunbookError(message, exitCodes.usage);
    }
}

/** Returns this command with its arguments, for the next run. */
function commandOf(region: string): string {
    const { job, role, bucket, key, stack, owned } = options;
    const named = Object.entries({ job, role, bucket, key, stack, owned }).flatMap(([name, value]) =>
        value === undefined ? [] : [`--${name}`, value],
    );
    const run = shell("npm", "run", "diagnose-access", ...(named.length > 0 ? ["--", ...named] : ["--"]));
    return role === undefined ? run : `AWS_REGION=${region} ${run}`;
}

async function target(look: Look) {
    const { job, role, bucket, key, stack } = options;
    const ways = [job, role ?? bucket, stack].filter((way) => way !== undefined);
    if (ways.length > 1) {
        throw new RunbookError("Name exactly one: a job, a role with a bucket, or a stack.", exitCodes.usage);
    }
    if (job !== undefined) {
        return targetOfJob(job, look);
    }
    if (role !== undefined && bucket !== undefined) {
        return targetOfRole(role, bucket, key, look);
    }
    if (role !== undefined || bucket !== undefined || key !== undefined) {
        throw new RunbookError("--role and --bucket need each other, and --key needs both.", exitCodes.usage);
    }
    return targetOfStack(stack, look);
}
