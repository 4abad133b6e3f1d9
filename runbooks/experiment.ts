import { SSMClient } from "@aws-sdk/client-ssm";
import { exitCodes, printResult, RunbookError, runAction } from "./lib/cli/runbook.ts";
import { campaignUsdPerDay, experimentResults } from "./lib/experiment/result.ts";
import { fitsShare, resultPicture, resultText } from "./lib/experiment/result-text.ts";
import { operateTable } from "./lib/stack/operate-table.ts";
import { stackRunbook } from "./lib/stack/operation.ts";
import { stackOutputs } from "./lib/stack/stack.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";
import { readUsableState, warnOfSum } from "./lib/stack/stack-report.ts";

const options = stackRunbook("experiment", ["", "--svg > experiment.svg"], "Exit code 1: the groups' sizes are wrong")
    .option("--svg", "print a picture of the interval over the days, as SVG, and nothing else")
    .parse()
    .opts();

await runAction(options.verbose, async () => {
    const stack = options.stack ?? (await selectedStack());
    const [config, outputs] = await Promise.all([requireStackConfig(stack, options.configFile), stackOutputs(stack)]);
    const { experiment } = outputs.tableOperationsName
        ? await operateTable(outputs, { operation: "experiment" })
        : { experiment: undefined };
    if (experiment === undefined) {
        throw new RunbookError(
            `Stack ${stack} runs no experiment. Start one:\n  pulumi config set --path experiment.name first\n  pulumi up`,
        );
    }
    const now = Date.now();
    const guard = await readUsableState(new SSMClient({ region: config.region }), config.stack, now).catch(warnOfSum);
    const results = experimentResults(experiment, now, guard === undefined ? null : campaignUsdPerDay(guard));
    if (options.svg) {
        const [picture] = results.flatMap(({ days }) => resultPicture(experiment, days) ?? []);
        if (picture === undefined) {
            throw new RunbookError("The experiment has no interval yet. See its state: npm run experiment");
        }
        console.log(picture);
        return exitCodes.fine;
    }
    const { cells: _, ...settings } = experiment;
    const exitCode = results.every(fitsShare) ? exitCodes.fine : exitCodes.problem;
    return printResult(options, { stack, experiment: settings, results }, resultText(experiment, results), exitCode);
});
