import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { Option } from "@commander-js/extra-typings";
import { isTransient } from "pulumi-personalize/errors";
import { formatError } from "terminal-text";
import { ownNamespace } from "../core/config/metrics.ts";
import { approximately, priceNote, prices } from "../core/config/prices.ts";
import { iso } from "../core/cost/time.ts";
import { counted } from "../data-prep/words.ts";
import { table } from "./lib/cli/output.ts";
import { exitCodes, interval, printResult, RunbookError, runAction } from "./lib/cli/runbook.ts";
import { type MetricValue, metricValues, minuteStart, observeStack, toMetricData } from "./lib/metrics/values.ts";
import {
    type OperatedStack,
    operatedCampaign,
    operatedStack,
    operationDeps,
    stackRunbook,
} from "./lib/stack/operation.ts";
import { byRegion } from "./lib/stack/stack-config.ts";

const options = stackRunbook("publish-metrics", ["--dry-run", "--every 5m"], "They are use, age and model quality")
    .addOption(
        new Option("--every <time>", "repeat at this interval until Ctrl-C, for example 5m")
            .argParser(interval)
            .conflicts(["json", "dryRun"]),
    )
    .option("--dry-run", "only show what would be published")
    .parse()
    .opts();

const cloudWatch = byRegion((region) => new CloudWatchClient({ region }));

await runAction(options.verbose, async (signal) => {
    const deps = operationDeps(signal);
    for (;;) {
        // Read the state each time, because `up` may have changed the campaign or its version.
        const stack = await operatedStack(options);
        const publishing = publish(stack, deps);
        if (options.every === undefined) return show(stack, await publishing);
        try {
            const { at, values } = await publishing;
            process.stderr.write(`${iso(at)} published ${counted(values.length, "metric")}\n`);
        } catch (error) {
            if (!isTransient(error)) throw error;
            process.stderr.write(`warning: this time, no metrics were published: ${formatError(error)}\n`);
        }
        await sleep(options.every * 1000, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return exitCodes.fine;
    }
});

interface Published {
    readonly at: number;
    readonly values: readonly MetricValue[];
}

async function publish(stack: OperatedStack, deps: ReturnType<typeof operationDeps>): Promise<Published> {
    const { config } = stack;
    const { region, stack: name } = config;
    const clients = { personalize: deps.client(region), cloudwatch: cloudWatch(region) };
    const dataset = stack.recorded.find(
        ({ kind, inputs }) => kind === "Dataset" && inputs.datasetType === "INTERACTIONS",
    );
    const solutionArn = stack.arnOf("Solution");
    if (solutionArn === undefined) {
        throw new RunbookError(`Stack ${stack.stack} has no solution. Create it with: pulumi up`);
    }
    const { campaignArn } = (await operatedCampaign(deps, stack)) ?? {};
    const at = minuteStart(Date.now());
    const observation = await observeStack(clients, { campaignArn, datasetArn: dataset?.arn, solutionArn }, at);
    const values = metricValues(observation);
    if (!options.dryRun) {
        const MetricData = toMetricData(values, name, at);
        await clients.cloudwatch.send(new PutMetricDataCommand({ Namespace: ownNamespace, MetricData }));
    }
    return { at, values };
}

function show({ config }: OperatedStack, { at, values }: Published): number {
    const isPublished = !options.dryRun;
    const document = { namespace: ownNamespace, stack: config.stack, at: iso(at), published: isPublished };
    const rows = values.map(({ name, value, version }) => [name, version ?? "–", `${Number(value.toFixed(4))}`]);
    const price = approximately(values.length * prices.customMetric.usd);
    const did = isPublished ? "Published" : "Would publish";
    return printResult(
        options,
        { ...document, metrics: values },
        `${table(["metric", "version", "value"], rows)}\n${did} ${counted(values.length, "metric")} in ${ownNamespace}, ${price} a month while they are published ${priceNote}.`,
    );
}
