import {
    AccessError,
    type DiagnoseOptions,
    fetchCaller,
    type ReadFromAws,
    runDiagnosis,
    type Target,
    targetOfJob,
    withDiagnoseOptions,
} from "access-doctor";
import type { Command } from "commander";
import { shell } from "terminal-text";
import { bucketNameFor, objectKeys, type StackConfig } from "../core/config/config.ts";
import { type CommonOptions, exitCodes, RunbookError, runAction, runbook } from "./lib/cli/runbook.ts";
import { recordedResources } from "./lib/stack/stack.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";

const command = runbook("diagnose-access", [
    "",
    "--role arn:aws:iam::111122223333:role/Import --bucket films --key ratings.csv",
]);
const options = withDiagnoseOptions(command as unknown as Command)
    .parse()
    .opts<CommonOptions & DiagnoseOptions>();

const { fine, problem, unknown } = exitCodes;
const codes = { sound: fine, broken: problem, unknown, written: fine } as const;

await runAction(options.verbose, async (signal) => {
    const { stack } = options;
    const other = { option: "stack", value: stack, target: targetOfStack.bind(undefined, stack) };
    const start = ["npm", "run", "diagnose-access", "--"];
    try {
        return codes[await runDiagnosis(options, { start, signal, other, owned: ownedBySelectedStack })];
    } catch (error) {
        throw error instanceof AccessError ? new RunbookError(error.message, exitCodes[error.kind]) : error;
    }
});

/**
 * Returns the import to diagnose. If an import of the stack failed, it is that import; otherwise, it is the import of
 * the interactions. Before the first `up`, it is the import that the program would start.
 * @throws RunbookError if the stack does not exist or its configuration has problems
 */
async function targetOfStack(named: string | undefined, look: ReadFromAws): Promise<Target> {
    const stack = named ?? (await selectedStack());
    const config = await requireStackConfig(stack);
    const recorded = await recordedResources(stack).catch((error: unknown) => {
        if (error instanceof RunbookError && error.exitCode === exitCodes.noStack) return [];
        throw error;
    });
    const arns = recorded.flatMap(({ kind, arn }) => (kind === "DatasetImportJob" && arn ? [arn] : []));
    const jobs = await Promise.all(arns.map((arn) => targetOfJob(arn, look)));
    const failed = jobs.find(({ job }) => "is" in job && job.is?.failureReason !== undefined);
    const chosen = failed ?? jobs.find(({ schema }) => "is" in schema && schema.is?.datasetType === "INTERACTIONS");
    const { region, names } = config;
    const identity = chosen ?? (await fetchCaller(region, look));
    const { accountId, partition } = identity;
    const target = chosen ?? {
        region,
        ...identity,
        roleArn: `arn:${partition}:iam::${accountId}:role/${names.role}`,
        bucket: bucketNameFor(config, accountId),
        key: objectKeys.interactions,
        sourceArn: `arn:${partition}:personalize:${region}:${accountId}:dataset-import-job/${names.importJobPrefix}`,
        job: { is: undefined },
        schema: { is: undefined },
        planned: stack,
    };
    return { ...target, owned: ownedBy(config, target, named) };
}

/**
 * Returns the commands that restore the role, the bucket and the files of an import of the selected stack; empty for
 * any other import.
 */
async function ownedBySelectedStack(target: ImportPlace): Promise<Target["owned"]> {
    try {
        return ownedBy(await requireStackConfig(await selectedStack()), target);
    } catch {
        // The import may belong to no stack, so a stack is optional.
        return {};
    }
}

type ImportPlace = Pick<Target, "partition" | "accountId" | "roleArn" | "bucket">;

/** Returns the commands for the resources of a stack. They name the stack if it is `named` with `--stack`. */
function ownedBy(
    config: StackConfig,
    { partition, accountId, roleArn, bucket }: ImportPlace,
    named?: string,
): Target["owned"] {
    const ownRole = `arn:${partition}:iam::${accountId}:role/${config.names.role}`;
    if (roleArn !== ownRole || bucket !== bucketNameFor(config, accountId)) return {};
    const bucketArn = `arn:${partition}:s3:::${bucket}`;
    const objects = [objectKeys.interactions, objectKeys.items, objectKeys.users].map((key) => `${bucketArn}/${key}`);
    const onStack = named === undefined ? "" : ` --stack ${shell(named)}`;
    const restore = `pulumi refresh${onStack} && pulumi up${onStack}`;
    return Object.fromEntries([roleArn, bucketArn, ...objects].map((arn) => [arn, restore]));
}
