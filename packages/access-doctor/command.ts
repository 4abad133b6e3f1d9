import { resolve } from "node:path";
import type { Command } from "commander";
import { accountOf } from "policy-evaluator";
import { shell } from "terminal-text";
import { type Diagnosis, diagnose } from "./diagnose.ts";
import { draw, drawHeadline } from "./draw.ts";
import { AccessError } from "./errors.ts";
import { fetchSnapshot } from "./fetch.ts";
import { writeScript } from "./fixes/write-script.ts";
import { createHeadline } from "./headline.ts";
import { createReader, type ReadFromAws } from "./look.ts";
import { explainMessage } from "./messages.ts";
import { fetchedValue, type Target } from "./snapshot.ts";
import { targetOfJob, targetOfRole } from "./target.ts";

type OptionWithText = "job" | "role" | "bucket" | "key" | "error" | "write";

/** Options of the command. */
export interface DiagnoseOptions extends Readonly<Partial<Record<OptionWithText, string>>> {
    readonly json?: boolean;
    readonly verbose?: boolean;
}

/**
 * What the calling program provides: its command line, a signal that aborts the diagnosis, and optionally its own way
 * to select an import.
 */
export interface DiagnoseContext {
    /** The command line without its arguments, such as `npm run diagnose-access --`. */
    readonly start: readonly string[];
    readonly signal: AbortSignal;
    /**
     * Returns the ARNs of the import's resources that the calling program declares, with the commands that restore
     * them. The diagnosis calls this function if the user selected the import by its job or role.
     */
    owned?(target: Target): Promise<Target["owned"]>;
    /**
     * An option of the calling program that also selects an import, with its name and value. `target` returns the
     * import that the option selects, or the program's default if the caller gives no option.
     */
    readonly other?: {
        readonly option: string;
        readonly value?: string | undefined;
        target(look: ReadFromAws): Promise<Target>;
    };
}

/** The verdict, or "written" if `--write` wrote a fix. */
export type Outcome = Diagnosis["verdict"] | "written";

/** Milliseconds after which the command prints that it is still reading. */
const quietMs = 2_000;

/** Adds the command's options to a commander command. */
export function withDiagnoseOptions(command: Command): Command {
    return command
        .option("--job <arn>", "ARN of any import job, including those of other programs")
        .option("--role <arn>", "ARN of the role for an import; needs --bucket")
        .option("--bucket <name>", "bucket with the data")
        .option("--key <key>", "key of the object, or of a folder with its slash")
        .option("--error <text>", "explain this error message of AWS; alone, or with a job or role")
        .option("--write <file>", "write the fix to a new shell script, which saves what it changes and can restore it")
        .addHelpText("after", "\n--verbose also shows every link, the evidence, and the commands of each fix.");
}

/**
 * Diagnoses an import and prints the result on stdout, as text or as one JSON document.
 *
 * @throws AccessError for wrong usage, for rejected credentials, and if a service does not answer
 */
export async function runDiagnosis(options: DiagnoseOptions, context: DiagnoseContext): Promise<Outcome> {
    const { job, role, bucket, key, error, write, json, verbose = false } = options;
    const { start, signal, other } = context;
    if (error !== undefined && [job, role, bucket, key, other?.value].every((each) => each === undefined)) {
        return explain(error, options, start);
    }
    const log = (line: string) => process.stderr.write(`${line}\n`);
    const look = createReader(log, signal);
    const slow = setTimeout(() => log("reading role, policies, bucket and file from AWS …"), quietMs);
    const fetched = await resolveTarget(options, context, look)
        .then((target) => fetchSnapshot(target, look))
        .finally(() => clearTimeout(slow));
    const declared = (job ?? role) === undefined ? undefined : await context.owned?.(fetched);
    const snapshot = {
        ...fetched,
        owned: { ...fetched.owned, ...declared },
        ...(error !== undefined && { reported: error }),
    };
    const diagnosis = diagnose(snapshot);
    const jobName = fetchedValue(snapshot.job)?.arn.split("/").at(-1);
    const script = resolve(`access-fix-${jobName || snapshot.bucket}.sh`);
    const again = { command: formatCommandLine(options, context, snapshot.region), script, start };
    if (json) {
        const { firstBroken, ...rest } = diagnosis;
        const { roleArn, region, caller, sourceArn, planned = null } = snapshot;
        const place = { role: roleArn, bucket: snapshot.bucket, key: snapshot.key ?? null, region };
        const about = { ...place, caller, source: sourceArn, planned };
        const headline = createHeadline(diagnosis, snapshot, again);
        const document = { schemaVersion: 1, about, headline, firstBroken: firstBroken?.link ?? null, ...rest };
        console.log(JSON.stringify(document));
    } else {
        console.log(draw(diagnosis, snapshot, again, verbose));
    }
    if (write === undefined) return diagnosis.verdict;
    await writeScript(write, diagnosis.fixes, accountOf(snapshot.caller) ?? "", snapshot.region);
    log(`Wrote the fix to ${write}. Read it, then run: ${shell("sh", write)}`);
    // The launcher prints the command to run next, because only it knows how the user started this command.
    return "written";
}

/** Explains an error message without calling AWS. */
function explain(text: string, { json }: DiagnoseOptions, start: readonly string[]): Outcome {
    const message = explainMessage(text, {}, start);
    const verdict = message ? "broken" : "unknown";
    const cause = message?.cause ?? "This message about an import is unknown here.";
    const next = message?.next ?? shell(...start, "--job", "JOB_ARN");
    const asks = message?.ask === undefined ? [] : [{ label: "Ask" as const, text: message.ask }];
    const headline = { cause, todo: [...asks, { label: "Next" as const, text: next }] };
    const { subject = null, mentions = null } = message ?? {};
    const document = { schemaVersion: 1, verdict, headline, message: { text, subject, mentions } };
    console.log(json ? JSON.stringify(document) : drawHeadline(headline).join("\n"));
    return verdict;
}

/** Returns this command line with its arguments, so that the user can run it again. */
function formatCommandLine(options: DiagnoseOptions, { start, other }: DiagnoseContext, region: string): string {
    const { job, role, bucket, key } = options;
    const named = { job, role, bucket, key, ...(other && { [other.option]: other.value }) };
    const args = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
    const run = shell(...start, ...args);
    return role === undefined ? run : `AWS_REGION=${region} ${run}`;
}

async function resolveTarget(options: DiagnoseOptions, { other }: DiagnoseContext, look: ReadFromAws): Promise<Target> {
    const { job, role, bucket, key } = options;
    const ways = [job, role ?? bucket, other?.value].filter((way) => way !== undefined);
    const another = other === undefined ? "" : `, or a ${other.option}`;
    const choices = `a job (--job), or a role with a bucket (--role, --bucket)${another}`;
    if (ways.length > 1) throw new AccessError(`Give exactly one of these: ${choices}.`, "usage");
    if (job !== undefined) return targetOfJob(job, look);
    if (role !== undefined && bucket !== undefined) return targetOfRole(role, bucket, key, look);
    if (role !== undefined || bucket !== undefined || key !== undefined) {
        throw new AccessError("--role needs --bucket, --bucket needs --role, and --key needs both.", "usage");
    }
    if (other === undefined) throw new AccessError(`Name ${choices}.`, "usage");
    return other.target(look);
}
