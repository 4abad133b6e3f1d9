import { diagnose } from "./lib/access/diagnose.ts";
import { draw } from "./lib/access/draw.ts";
import { fetchSnapshot } from "./lib/access/fetch.ts";
import { targetOfJob, targetOfRole, targetOfStack } from "./lib/access/target.ts";
import { type CommonOptions, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";

interface Options extends CommonOptions {
    readonly job?: string;
    readonly role?: string;
    readonly bucket?: string;
    readonly key?: string;
}

const options = runbook(
    "diagnose-access",
    "Find out why an import cannot read its data, link by link, with fixes; only reads",
)
    .option("--job <arn>", "any import job, including those of other programs")
    .option("--role <arn>", "a role for an import; with --bucket")
    .option("--bucket <name>", "bucket with the data")
    .option("--key <key>", "object, or folder with its slash")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async () => {
    const snapshot = await fetchSnapshot(await target());
    const diagnosis = diagnose(snapshot);
    if (options.json) {
        const { firstBroken, ...rest } = diagnosis;
        const { role, bucket, key, region } = { ...snapshot, role: snapshot.roleArn };
        const about = { role, bucket, key: key ?? null, region, caller: snapshot.caller, source: snapshot.sourceArn };
        console.log(JSON.stringify({ schemaVersion: 1, about, firstBroken: firstBroken?.link ?? null, ...rest }));
    } else {
        console.log(`s3://${snapshot.bucket}/${snapshot.key ?? ""} by ${snapshot.roleArn}, in ${snapshot.region}\n`);
        console.log(draw(diagnosis));
    }
    return diagnosis.verdict === "broken" ? exitCodes.problem : exitCodes.fine;
});

async function target() {
    const { job, role, bucket, key, stack } = options;
    const ways = [job, role ?? bucket, stack].filter((way) => way !== undefined);
    if (ways.length > 1) {
        throw new RunbookError("Name exactly one: a job, a role with a bucket, or a stack.", exitCodes.usage);
    }
    if (job !== undefined) {
        return targetOfJob(job);
    }
    if (role !== undefined && bucket !== undefined) {
        return targetOfRole(role, bucket, key);
    }
    if (role !== undefined || bucket !== undefined || key !== undefined) {
        throw new RunbookError("--role and --bucket need each other, and --key needs both.", exitCodes.usage);
    }
    return targetOfStack(stack);
}
